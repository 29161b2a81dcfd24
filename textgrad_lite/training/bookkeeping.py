"""What is written down of a run, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textgrad_lite.data import DataLoader
from textgrad_lite.engines import Session, Usage
from textgrad_lite.optimizers.sources import state_id
from textgrad_lite.training.answers import JournalAnswers, seconds_spent
from textgrad_lite.training.decisions import DecisionLog
from textgrad_lite.training.events import Event, RunStarted, StepFinished, VerdictReached
from textgrad_lite.training.fit_result import FitResult, make_result
from textgrad_lite.training.journal import decisions
from textgrad_lite.training.run_folder import RunFolder


class Bookkeeping:
    """Takes up what was left in a run folder, and goes on from there.

    Args:
        run: The folder, or None to write nothing.
        session: The session of the run; it gets the store of answers, and its budget is charged with the time
            that earlier processes took.
        callbacks: Told about every event.

    Attributes:
        log: The decisions.
        loader: Draws the minibatches; where it stands is told in the checkpoint.
    """

    def __init__(
        self, run: RunFolder | None, session: Session, callbacks: Sequence[Callable[[Event], object]]
    ) -> None:
        self._run = run
        self._session = session
        self._callbacks = tuple(callbacks)
        self.loader: DataLoader | None = None
        lines = run.all_lines if run else ()
        journal = run.journal if run else None
        self._answers = JournalAnswers(journal, lines, budget=session.budget, ledger=session.ledger)
        session.answers = self._answers
        if session.budget is not None:
            session.budget.charge(Usage(cost_usd=0.0), calls=0, seconds=seconds_spent(lines))
        self.log = DecisionLog(journal, decisions(lines))

    def is_of(self, run: RunFolder) -> bool:
        """Whether these are the books of this folder."""
        return self._run is run

    def begin_again(self) -> None:
        """Follows the run from its start once more, in the same process and session.

        What was answered is answered from here and was billed already; the decisions are taken again.
        """
        self._session.forget_uses()
        self.log = self.log.rewound()

    def record(self, event: Event) -> None:
        """Takes down a decision, and tells of any event."""
        if event.is_decision:
            self.log.record(event)
            if isinstance(event, (RunStarted, StepFinished)):
                self.save()
        for callback in self._callbacks:
            callback(event)

    def result(self) -> FitResult | None:
        """What has come of the run so far, or None where it has not begun."""
        made = self.log.made
        if any(isinstance(event, VerdictReached) for event in made):
            self._answers.bill_all()
        return make_result(made, self._session.ledger, run=self._run.path if self._run else None)

    def save(self) -> None:
        """Replaces best text, diff and checkpoint by what has come of the run so far."""
        result = self.result()
        if self._run is None or result is None:
            return
        self._run.write_best(result.best_text, result.start_text)
        self._run.write_checkpoint(
            {
                "status": result.status,
                "decisions": len(self.log.made),
                "steps": result.steps,
                "best": state_id(result.best_state),
                "calls": self._session.ledger.total().calls,
                "loader": None if self.loader is None else self.loader.state_dict(),
            }
        )
