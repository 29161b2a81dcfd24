"""Callbacks: code that is told what happens in a run, each kind of event by a method of its own."""

from __future__ import annotations

from typing import Protocol

from textgrad_lite.engines import Session
from textgrad_lite.training import events
from textgrad_lite.training.events import Event
from textgrad_lite.training.fit_result import FitResult


class Running(Protocol):
    """What a callback may know and ask of the trainer that it belongs to."""

    @property
    def session(self) -> Session:
        """The accounts and limits of the run."""
        ...

    @property
    def result(self) -> FitResult | None:
        """What has come of the run, once it has ended."""
        ...

    def request_stop(self) -> None:
        """Ends the search after the present step."""
        ...


class Callback:
    """Is told what happens in a run: derive from it and write the methods that are wanted.

    ``on_step_finished`` gets every :class:`~textgrad_lite.training.events.StepFinished`, and so on; the last
    three methods frame the whole. Any plain function of an event is a callback as well. Callbacks run on the
    runtime's loop and must return quickly; what they raise ends the run, which can be resumed.
    """

    def __call__(self, event: Event) -> None:
        """Passes an event on to its method."""
        getattr(self, f"on_{event.type}")(event)

    def on_fit_start(self, trainer: Running) -> None:
        """A fit begins; nothing was asked yet."""

    def on_fit_end(self, trainer: Running) -> None:
        """A fit has come to its end; the result is there, and the module holds the best state."""

    def on_exception(self, trainer: Running, error: BaseException) -> None:
        """A fit ends with an error or an interruption; everything is in order by now."""

    def on_run_started(self, event: events.RunStarted) -> None:
        """The run begins, from this prompt, with this data."""

    def on_baseline_scored(self, event: events.BaselineScored) -> None:
        """The original was scored on the validation set."""

    def on_headroom_measured(self, event: events.HeadroomMeasured) -> None:
        """It was looked whether there is anything to gain."""

    def on_step_started(self, event: events.StepStarted) -> None:
        """A step begins."""

    def on_criticism_gathered(self, event: events.CriticismGathered) -> None:
        """A backward pass is done."""

    def on_candidate_proposed(self, event: events.CandidateProposed) -> None:
        """A source proposed a candidate that passed all constraints."""

    def on_proposal_rejected(self, event: events.ProposalRejected) -> None:
        """A proposal could not be used."""

    def on_candidate_screened(self, event: events.CandidateScreened) -> None:
        """A candidate was compared, and kept or dropped."""

    def on_candidate_accepted(self, event: events.CandidateAccepted) -> None:
        """A candidate is the best from now on."""

    def on_step_finished(self, event: events.StepFinished) -> None:
        """A step is over."""

    def on_search_stopped(self, event: events.SearchStopped) -> None:
        """The search is over."""

    def on_test_scored(self, event: events.TestScored) -> None:
        """The test set was scored, once before and once after."""

    def on_verdict_reached(self, event: events.VerdictReached) -> None:
        """The run is finished."""

    def on_note(self, event: events.Note) -> None:
        """What is being done now, in one line."""

    def on_evaluation_started(self, event: events.EvaluationStarted) -> None:
        """Examples are about to be run."""

    def on_evaluation_progress(self, event: events.EvaluationProgress) -> None:
        """One more example is done."""

    def on_call_made(self, event: events.CallMade) -> None:
        """A model was asked, or an answer came from a cache or from the journal."""
