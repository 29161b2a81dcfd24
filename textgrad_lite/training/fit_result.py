"""What came of a run: a fold over its decision events, so that a journal alone can tell it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.training.events import (
    BaselineScored,
    CandidateAccepted,
    Event,
    HeadroomMeasured,
    ParameterTally,
    RunStarted,
    SearchStopped,
    SourceTally,
    StepFinished,
    TestScored,
    VerdictReached,
)
from textgrad_lite.training.files import make_diff
from textgrad_lite.training.headroom import Headroom
from textgrad_lite.training.scores import Score
from textgrad_lite.training.verdict import Verdict

E = TypeVar("E", bound=Event)


class SpendRow(BaseModel):
    """What was spent on one purpose with one engine.

    The fields are those of :class:`textgrad_lite.engines.ledger.Account`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)

    purpose: str
    engine: str
    calls: int
    failures: int
    hits: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cached_input_tokens: int
    cost_usd: float | None


class FitResult(BaseModel):
    """The outcome of a run, or how far it has come.

    Attributes:
        status: ``"finished"`` once the verdict is reached.
        stop_reason: Why the search ended, or None while it has not.
        steps: Steps that were completed.
        verdict: The verdict, or None.
        headroom: What was found of headroom before the search, or None where nobody looked.
        start_state: The state at the start.
        best_state: The state to use: the best one, or the original where the verdict keeps it.
        start_text: The text at the start.
        best_text: The text to use.
        validation_before: The original on those validation examples that the best state was scored on.
        validation_after: The best state on the same ones.
        test_before: The original on the test set.
        test_after: The best state on it.
        sources: What each source of proposals brought, and what it took.
        parameters: What each parameter has to do with it.
        spend: What was spent, by purpose and engine.
        run: The run folder, if there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["finished", "interrupted"]
    stop_reason: str | None
    steps: int
    verdict: Verdict | None
    headroom: Headroom | None = None
    start_state: dict[str, Any]
    best_state: dict[str, Any]
    start_text: str
    best_text: str
    validation_before: Score | None
    validation_after: Score | None
    test_before: Score | None
    test_after: Score | None
    sources: dict[str, SourceTally]
    parameters: dict[str, ParameterTally] = {}
    spend: tuple[SpendRow, ...]
    run: Path | None = None

    @property
    def is_changed(self) -> bool:
        """Whether the text to use is another than the original."""
        return self.best_text != self.start_text

    @property
    def diff(self) -> str:
        """The unified diff from the original, empty where it is kept."""
        return make_diff(self.start_text, self.best_text)


def make_result(events: Sequence[Event], ledger: Ledger, *, run: Path | None = None) -> FitResult | None:
    """Tells what came of a run, or None where it has not begun.

    Args:
        events: Its decision events.
        ledger: Its accounts.
        run: Its folder.
    """
    started = _last(events, RunStarted)
    if started is None:
        return None
    accepted = _last(events, CandidateAccepted)
    reached = _last(events, VerdictReached)
    stopped = _last(events, SearchStopped)
    finished = _last(events, StepFinished)
    baseline = _last(events, BaselineScored)
    measured = _last(events, HeadroomMeasured)
    tallied = stopped or finished
    verdict = reached.verdict if reached else None
    keeps_original = accepted is None or (verdict is not None and not verdict.keeps_candidate)
    origin = started.fingerprint
    tests = {event.which: event.score for event in events if isinstance(event, TestScored)}
    return FitResult(
        status="finished" if verdict else "interrupted",
        stop_reason=stopped.reason if stopped else None,
        steps=finished.step if finished else 0,
        verdict=verdict,
        headroom=measured.headroom if measured else None,
        start_state=origin.state,
        best_state=origin.state if keeps_original or accepted is None else accepted.state,
        start_text=origin.text,
        best_text=origin.text if keeps_original or accepted is None else accepted.text,
        validation_before=_start_score(accepted, baseline),
        validation_after=accepted.after if accepted else (baseline.score if baseline else None),
        test_before=tests.get("before"),
        test_after=tests.get("after"),
        sources=tallied.sources if tallied else {},
        parameters=tallied.parameters if tallied else {},
        spend=tuple(SpendRow.model_validate(row) for row in ledger.report()),
        run=run,
    )


def _start_score(accepted: CandidateAccepted | None, baseline: BaselineScored | None) -> Score | None:
    """The original on the examples that the best state was scored on, which may be a part of them."""
    if accepted is not None and accepted.start is not None:
        return accepted.start
    return baseline.score if baseline else None


def _last(events: Sequence[Event], kind: type[E]) -> E | None:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)
