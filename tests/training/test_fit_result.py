"""Tests of textgrad_lite.training.fit_result."""

from __future__ import annotations

from tests.training.doubles import make_score
from textgrad_lite.engines import Ledger
from textgrad_lite.training.events import (
    BaselineScored,
    CandidateAccepted,
    Event,
    Fingerprint,
    RunStarted,
    SearchStopped,
    StepFinished,
    TestScored,
    VerdictReached,
)
from textgrad_lite.training.fit_result import make_result
from textgrad_lite.training.verdict import Verdict

STARTED = RunStarted(fingerprint=Fingerprint(state={"prompt": "old"}, text="old", data={}, settings={}))
BASELINE = BaselineScored(candidate="a", score=make_score(0.3))
ACCEPTED = CandidateAccepted(
    step=1,
    candidate="b",
    source="gradients",
    before=make_score(0.3),
    after=make_score(0.6),
    state={"prompt": "new"},
    text="new",
)
FINISHED = StepFinished(step=1, best="b", score=make_score(0.6), sources={})


def test_nothing_is_told_of_a_run_that_has_not_begun() -> None:
    assert make_result([], Ledger()) is None


def test_the_result_grows_with_the_events() -> None:
    events: list[Event] = [STARTED]
    first = make_result(events, Ledger())
    assert first is not None
    assert (first.best_text, first.validation_before, first.steps, first.diff) == ("old", None, 0, "")
    events += [BASELINE, ACCEPTED, FINISHED]
    later = make_result(events, Ledger())
    assert later is not None
    assert (later.best_text, later.best_state, later.steps) == ("new", {"prompt": "new"}, 1)
    assert (later.validation_before, later.validation_after) == (make_score(0.3), make_score(0.6))
    assert (later.status, later.stop_reason) == ("interrupted", None)


def test_a_verdict_decides_which_text_is_kept() -> None:
    for outcome, text in (("better", "new"), ("higher", "new"), ("untested", "new"), ("not-better", "old")):
        verdict = Verdict.model_validate({"outcome": outcome, "sentence": "."})
        events = [
            STARTED,
            BASELINE,
            ACCEPTED,
            FINISHED,
            SearchStopped(reason="steps", steps=1),
            TestScored(which="before", score=make_score(0.2)),
            TestScored(which="after", score=make_score(0.5)),
            VerdictReached(verdict=verdict),
        ]
        result = make_result(events, Ledger())
        assert result is not None
        assert (result.best_text, result.is_changed) == (text, text == "new")
        assert (result.status, result.stop_reason) == ("finished", "steps")
        assert (result.test_before, result.test_after) == (make_score(0.2), make_score(0.5))
