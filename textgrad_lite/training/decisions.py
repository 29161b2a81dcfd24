"""The decisions of a run: those of an earlier process are followed, new ones are written down.

A resumed run takes every decision again, from the same answers. As long as a decision equals the one in the
journal, nothing is written. Where it differs, as after a budget was raised, the journal says from where on
the earlier decisions no longer hold.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from textgrad_lite.training.events import Event, SearchStopped, StepFinished, VerdictReached
from textgrad_lite.training.journal import Journal
from textgrad_lite.training.lines import Decided, Rewound

_log = logging.getLogger(__name__)


class DecisionLog:
    """Takes down the decision events of a run.

    Args:
        journal: Where they are written; None keeps them in memory only.
        recorded: The decisions of earlier processes.
    """

    def __init__(self, journal: Journal | None, recorded: Sequence[Event] = ()) -> None:
        self._journal = journal
        self._events = list(recorded)
        self._position = 0

    def rewound(self) -> DecisionLog:
        """A log at the start again that knows all decisions of this one."""
        return DecisionLog(self._journal, self._events)

    @property
    def made(self) -> Sequence[Event]:
        """The decisions that this process has made or followed, in order."""
        return tuple(self._events[: self._position])

    @property
    def upcoming(self) -> Event | None:
        """The next decision of an earlier process, which has to be followed, or None."""
        return self._events[self._position] if self._position < len(self._events) else None

    def follow_to_verdict(self) -> bool:
        """Follows an earlier process to the end, if it came to the end."""
        if not any(isinstance(event, VerdictReached) for event in self._events):
            return False
        self._position = len(self._events)
        return True

    def skip_broken_step(self) -> Sequence[Event]:
        """Follows an earlier process in breaking the next step off.

        A step that a limit has stopped is not begun again: which of its calls were answered by then cannot
        be repeated.

        Returns:
            Its decisions up to the end of the search, which is upcoming then; nothing where the step was not
            broken off, or nothing is known of it.
        """
        rest = self._events[self._position :]
        ends = (n for n, event in enumerate(rest) if isinstance(event, (StepFinished, SearchStopped)))
        end = next(ends, None)
        if end is None or isinstance(rest[end], StepFinished):
            return ()
        self._position += end
        return rest[:end]

    def record(self, event: Event) -> None:
        """Takes down one decision."""
        if self.upcoming is not None and self.upcoming != event:
            _log.warning(
                "the run takes another way than before from decision %d on: %s instead of %s",
                self._position + 1,
                event.type,
                self.upcoming.type,
            )
            del self._events[self._position :]
            if self._journal is not None:
                self._journal.append(Rewound(kept=self._position))
        if self.upcoming is None:
            if self._journal is not None:
                self._journal.append(Decided.model_validate({"event": event}))
            self._events.append(event)
        self._position += 1
