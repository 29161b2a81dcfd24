"""Solving at test time: visible tests lead, hidden ones judge, and duplicates are run once."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox
from textgrad_lite.domains.code import CallCase, Problem, Solver
from textgrad_lite.engines import Request
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.testing.scripted import get_text

FIRST, LAST = NEW_TEXT_TAGS
PROBLEM = Problem(
    id="add",
    prompt='def add(ns):\n    """Add up."""\n',
    entry_point="add",
    visible=(CallCase("add([1, 2])", 3), CallCase("add([])", 0)),
    hidden=(CallCase("add([5, 5, 5])", 15),),
)
EMPTY_FAILS = "def add(ns):\n    return ns[0] + add(ns[1:])\n"
HALF = "def add(ns):\n    return ns[0] + ns[1] if ns else 0\n"
RIGHT = "def add(ns):\n    return sum(ns)\n"


def rewrite(text: str) -> str:
    return f"{FIRST}\n{text}{LAST}"


def test_a_program_that_passes_at_once_is_left(here: HereSandbox) -> None:
    engine = ScriptedEngine().on(RIGHT, purpose="forward")
    solution = Solver(engine, here).solve(PROBLEM)
    assert len(solution.iterates) == 1
    assert solution.best.program == RIGHT
    assert len(engine.requests) == 1


def test_visible_tests_lead_to_a_program_that_passes(here: HereSandbox) -> None:
    engine = ScriptedEngine().on(EMPTY_FAILS, purpose="forward")
    engine.on(rewrite(HALF), purpose="optimizer", matches="IndexError")
    solution = Solver(engine, here).solve(PROBLEM)
    assert [iterate.report.n_passed for iterate in solution.iterates] == [0, 2]
    assert solution.best.program.startswith("def add(ns):\n    return ns[0] + ns[1]")


def test_hidden_tests_judge_and_are_never_shown(here: HereSandbox) -> None:
    engine = ScriptedEngine().on(EMPTY_FAILS, purpose="forward").on(rewrite(HALF), purpose="optimizer")
    solver = Solver(engine, here)
    solution = solver.solve(PROBLEM)
    (judged,) = solver.judge(PROBLEM, [solution.best.program])
    assert not judged.is_passed  # it passes what was visible
    assert not any("[5, 5, 5]" in get_text(request) for request in engine.requests)


def test_of_equal_programs_the_latest_is_handed_in_and_the_best_is_kept(here: HereSandbox) -> None:
    half = "def add(ns):\n    return 3\n"
    none = "def add(ns):\n    return 1\n"
    engine = ScriptedEngine().on(half, purpose="forward")
    engine.on([rewrite(none), rewrite(half + "# again\n"), rewrite(none)], purpose="optimizer")
    solution = Solver(engine, here, steps=3).solve(PROBLEM)
    assert [iterate.report.n_passed for iterate in solution.iterates] == [1, 0, 1, 0]
    assert solution.best is solution.iterates[2]


def test_the_best_of_several_proposals_is_taken_and_duplicates_are_run_once(here: HereSandbox) -> None:
    looks_different = "def add(ns):\n    total = 0\n    for n in ns:\n        total += n\n    return total\n"
    drawn = [EMPTY_FAILS.replace("0]", "-1]").replace("1:", ":-1"), RIGHT, looks_different]

    def draw(request: Request) -> str:
        return rewrite(drawn[request.sample[0]])

    engine = ScriptedEngine().on(EMPTY_FAILS, purpose="forward").on(draw, purpose="optimizer")
    solution = Solver(engine, here, draws=3).solve(PROBLEM)
    assert solution.best.program == RIGHT
    assert solution.counts.same_behaviour == 1
    visible = {case.snippet for case in PROBLEM.visible}
    assert sum(set(job.snippets) == visible for job in here.jobs) == 3


def test_it_stops_where_no_proposal_can_be_used(here: HereSandbox) -> None:
    engine = ScriptedEngine().on(EMPTY_FAILS, purpose="forward").on("I cannot.", purpose="optimizer")
    solution = Solver(engine, here).solve(PROBLEM)
    assert len(solution.iterates) == 1


def test_a_reviewer_has_it_go_on_with_what_passes(here: HereSandbox) -> None:
    engine = ScriptedEngine().on(HALF, purpose="forward")
    engine.on(rewrite(RIGHT), purpose="optimizer", matches="Three numbers")
    reviewer = ScriptedEngine().on("Three numbers are not added up.", purpose="loss")
    solver = Solver(engine, here, reviewer=reviewer, reviews="always", steps=1)
    solution = solver.solve(PROBLEM)
    assert solution.best.program == RIGHT
    (judged,) = solver.judge(PROBLEM, [solution.best.program])
    assert judged.is_passed


def test_the_model_itself_is_asked_where_tests_say_too_little(here: HereSandbox) -> None:
    untested = Problem("add", PROBLEM.prompt, "add", hidden=PROBLEM.hidden)
    engine = ScriptedEngine().on(HALF, purpose="forward").on("It adds two only.", purpose="loss")
    engine.on(rewrite(RIGHT), purpose="optimizer", matches="It adds two only.")
    assert Solver(engine, here, steps=1).solve(untested).best.program == RIGHT
    silent = ScriptedEngine().on(HALF, purpose="forward").on(rewrite(RIGHT), purpose="optimizer")
    Solver(silent, here, steps=1, reviews="never").solve(untested)
    assert silent.asked("loss") == []


async def test_it_finds_a_sandbox(here: HereSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textgrad_lite.domains.code.solving.find_sandbox", lambda: here)
    engine = ScriptedEngine().on(RIGHT, purpose="forward")
    assert (await Solver(engine).asolve(PROBLEM)).best.report.is_passed
