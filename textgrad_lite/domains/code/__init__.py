"""Programs that are tried: run against tests in a sandbox, criticised by what failed, and rewritten."""

from textgrad_lite.domains.code.assertions import read_assertions, read_check, read_examples, read_tests
from textgrad_lite.domains.code.behaviour import sample_calls
from textgrad_lite.domains.code.bubblewrap import BubblewrapSandbox
from textgrad_lite.domains.code.cases import CallCase, Case, CaseReport, CaseResult, CheckCase
from textgrad_lite.domains.code.constraints import DefinesFunction, PassesAll
from textgrad_lite.domains.code.examination import Examiner
from textgrad_lite.domains.code.finding import find_sandbox, sandboxes
from textgrad_lite.domains.code.human_eval import load_human_eval
from textgrad_lite.domains.code.job import Job, Limits, SnippetRun
from textgrad_lite.domains.code.metric import PassesTests
from textgrad_lite.domains.code.monty import MontySandbox
from textgrad_lite.domains.code.plain import UnsafeSubprocess
from textgrad_lite.domains.code.problem import Problem, dataset_of, problem_of
from textgrad_lite.domains.code.problem_file import load_problems
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.domains.code.solving import Solution, Solver
from textgrad_lite.domains.code.speed import SpeedLoss, Version, make_faster, measured_of
from textgrad_lite.domains.code.timing import Timing, Workload, ameasure, measure
from textgrad_lite.domains.code.unit_tests import UnitTestLoss, report_of

__all__ = [
    # sandboxes
    "BubblewrapSandbox",
    "Job",
    "Limits",
    "MontySandbox",
    "Sandbox",
    "SnippetRun",
    "UnsafeSubprocess",
    "find_sandbox",
    "sandboxes",
    # tests
    "CallCase",
    "Case",
    "CaseReport",
    "CaseResult",
    "CheckCase",
    "Examiner",
    "read_assertions",
    "read_check",
    "read_examples",
    "read_tests",
    "sample_calls",
    # losses, constraints and the metric
    "DefinesFunction",
    "PassesAll",
    "PassesTests",
    "SpeedLoss",
    "UnitTestLoss",
    "measured_of",
    "report_of",
    # time
    "Timing",
    "Version",
    "Workload",
    "ameasure",
    "make_faster",
    "measure",
    # problems
    "Problem",
    "Solution",
    "Solver",
    "dataset_of",
    "load_human_eval",
    "load_problems",
    "problem_of",
]
