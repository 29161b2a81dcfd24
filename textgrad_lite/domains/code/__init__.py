"""Programs that are tried: run against tests in a sandbox, criticised by what failed, and rewritten."""

from textgrad_lite.domains.code.bubblewrap import BubblewrapSandbox
from textgrad_lite.domains.code.finding import find_sandbox
from textgrad_lite.domains.code.job import Job, Limits, SnippetRun
from textgrad_lite.domains.code.monty import MontySandbox
from textgrad_lite.domains.code.plain import UnsafeSubprocess
from textgrad_lite.domains.code.sandbox import Sandbox

__all__ = [
    "BubblewrapSandbox",
    "Job",
    "Limits",
    "MontySandbox",
    "Sandbox",
    "SnippetRun",
    "UnsafeSubprocess",
    "find_sandbox",
]
