"""What is seen of a run while it goes on."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from textgrad_lite.engines import Ledger, Usage
from textgrad_lite.report.money import format_usd
from textgrad_lite.training import Score, events
from textgrad_lite_cli.narration import describe
from textgrad_lite_cli.progress import Bars, Lines, Silence, choose_progress

HALF = Score(mean=0.5, n=10, low=0.2, high=0.8)
NAME = "0123456789abcdef"
TOLD: list[tuple[events.Event, str]] = [
    (events.Note(text="looking"), "looking"),
    (events.BaselineScored(candidate=NAME, score=HALF), "on validation: 50.0% (n = 10"),
    (
        events.CandidateProposed(
            step=1, candidate=NAME, parents=(), source="gradients", note="rewrote", state={}
        ),
        "01234567 by gradients: rewrote",
    ),
    (
        events.ProposalRejected(
            step=1, source="gradients", proposal=events.ProposalRecord(parameter="prompt", reason="too long")
        ),
        "gradients: rejected, too long",
    ),
    (
        events.CandidateScreened(
            step=1, candidate=NAME, stage="minibatch", score=HALF, rival=0.6, is_kept=False, reason="worse"
        ),
        "01234567: 50% on minibatch, dropped (worse)",
    ),
    (
        events.CandidateScreened(
            step=1, candidate=NAME, stage="minibatch", score=HALF, rival=0.4, is_kept=True, reason=""
        ),
        "01234567: 50% on minibatch, goes on",
    ),
    (
        events.CandidateAccepted(
            step=1, candidate=NAME, source="gradients", before=HALF, after=HALF, state={}, text="x"
        ),
        "is the best so far: 50% → 50%",
    ),
    (events.SearchStopped(reason="budget", steps=2), "after 2 steps: a limit is reached."),
    (events.TestScored(which="after", score=HALF), "On the test examples, after: 50.0%"),
    (
        events.CallMade(kind="pause", engine="openai/x", purpose="forward", message="429", seconds=7),
        "openai/x wants to be left alone for 7 s: 429",
    ),
]


@pytest.mark.parametrize("event, part", TOLD)
def test_what_happens_is_told_in_a_line(event: events.Event, part: str) -> None:
    line = describe(event)
    assert line is not None
    assert part in line


@pytest.mark.parametrize(
    "event",
    [
        events.CallMade(kind="call", engine="x", purpose="forward"),
        events.EvaluationStarted(label="baseline", total=3),
        events.EvaluationProgress(label="baseline", done=1, total=3, errors=0),
    ],
)
def test_what_the_bars_show_needs_no_line(event: events.Event) -> None:
    assert describe(event) is None


def draw(use: Callable[[Console], None]) -> str:
    """Return what is drawn on a terminal of 80 columns."""
    file = io.StringIO()
    use(Console(file=file, force_terminal=True, width=80, color_system=None))
    return file.getvalue()


def test_lines_print_data_as_it_is() -> None:
    assert "[bold]not markup[/]" in draw(
        lambda console: Lines(console)(events.Note(text="[bold]not markup[/]"))
    )


def test_bars_show_steps_examples_calls_and_money() -> None:
    ledger = Ledger()
    ledger.add("forward", "x", Usage(input_tokens=1, output_tokens=1, cost_usd=0.25))

    def use(console: Console) -> None:
        bars = Bars(console, steps=4)
        bars.watch(ledger)
        with bars:
            bars(events.EvaluationStarted(label="baseline", total=20))
            bars(events.EvaluationProgress(label="baseline", done=7, total=20, errors=0))
            bars(events.StepFinished(step=3, best=NAME, score=HALF, sources={}))

    shown = draw(use)
    assert "baseline" in shown
    assert "7/20" in shown
    assert "3/4" in shown
    assert "1 calls $0.250" in shown


def test_bars_of_an_evaluation_have_no_steps() -> None:
    def use(console: Console) -> None:
        with Bars(console) as bars:
            bars(events.EvaluationStarted(label="evaluation", total=20))
            bars(events.EvaluationProgress(label="evaluation", done=7, total=20, errors=0))

    shown = draw(use)
    assert "7/20" in shown
    assert "steps" not in shown


@pytest.mark.parametrize(
    "is_terminal, verbosity, kind", [(True, 0, Bars), (True, 1, Bars), (False, 0, Silence), (False, 1, Lines)]
)
def test_bars_are_for_terminals_only(is_terminal: bool, verbosity: int, kind: type[Lines]) -> None:
    console = Console(file=io.StringIO(), force_terminal=is_terminal)
    assert type(choose_progress(console, verbosity=verbosity)) is kind


def test_silence_is_silent() -> None:
    assert draw(lambda console: Silence(console)(events.Note(text="something"))) == ""


@pytest.mark.parametrize(
    "amount, text",
    [(None, "$ unknown"), (0, "$0.00"), (0.0004, "< $0.001"), (0.0314, "$0.031"), (12.3456, "$12.35")],
)
def test_money_that_is_unknown_or_little_is_not_written_as_zero(amount: float | None, text: str) -> None:
    assert format_usd(amount) == text
