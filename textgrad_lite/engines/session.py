"""The run that calls are made in: its limits, its accounts and its store of answers.

A trainer or a CLI opens a session round code whose engines were made earlier; every stack consults the
session of its context besides its own budget. With a store of answers, a run that was killed is resumed by
running its program again: what was answered before is answered from the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, Protocol

from textgrad_lite.engines.budget import Amount, Budget
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.per_loop import PerLoop
from textgrad_lite.engines.types import Completion, Purpose, Request, Usage


class AnswerStore(Protocol):
    """Holds the answers of one run, by request key."""

    def get(self, key: str) -> Completion | None:
        """Return the answer stored under the key. Billing a replayed answer is the store's business."""

    def sent(self, key: str, request: Request, *, engine: str, most: Amount) -> None:
        """Note that a request is about to be sent; called once per attempt.

        Args:
            key: Its key.
            request: The request.
            engine: Name of the engine.
            most: What it can use at most; the money is None where a price is unknown, or the answer's length.
        """

    async def put(self, key: str, completion: Completion, request: Request, *, engine: str) -> None:
        """Store an answer. It is used only after this has returned."""


@dataclass(frozen=True)
class CallEvent:
    """One thing that happened in a stack, for a progress display.

    Attributes:
        kind: ``"call"`` an answer that was paid for; ``"hit"`` one from the cache; ``"replay"`` one from the
            store of the run; ``"failure"`` an attempt that failed; ``"pause"`` the server asks to wait.
        engine: Name of the engine.
        purpose: What the call was for.
        usage: What it used; nothing for failures and pauses.
        message: What happened, free of secrets.
        seconds: How long a pause lasts.
    """

    kind: Literal["call", "hit", "replay", "failure", "pause"]
    engine: str
    purpose: Purpose
    usage: Usage | None = None
    message: str = ""
    seconds: float = 0.0


class Session:
    """Limits, accounts and stored answers of one run.

    Args:
        budget: Limits over everything that is asked inside.
        answers: Where answers are kept and looked up before any cache.
        ledger: Accounts of everything that is asked inside.
        on_event: Called on the runtime's loop with every `CallEvent`; must return quickly.
    """

    def __init__(
        self,
        budget: Budget | None = None,
        answers: AnswerStore | None = None,
        ledger: Ledger | None = None,
        on_event: Callable[[CallEvent], None] | None = None,
    ) -> None:
        self.budget = budget
        self.answers = answers
        self.ledger = Ledger() if ledger is None else ledger
        self._on_event = on_event
        self._used: set[str] = set()
        self._writes: PerLoop[dict[str, asyncio.Task[None]]] = PerLoop(dict)

    def tell(self, event: CallEvent) -> None:
        """Pass an event on to whoever listens."""
        if self._on_event is not None:
            self._on_event(event)

    def is_first_use(self, key: str) -> bool:
        """Return whether the stored answer is used for the first time in this process, and note the use."""
        is_first = key not in self._used
        self._used.add(key)
        return is_first

    def forget_uses(self) -> None:
        """Tell first uses apart anew, as a new process would: the run is followed from its start again."""
        self._used.clear()

    async def keep(self, key: str, completion: Completion, request: Request, engine: str) -> Completion:
        """Store an answer once, and return when it is stored.

        A caller that is cancelled meanwhile does not stop the writing.

        Returns:
            The answer to use: the given one, or another that was stored under its key before it, since that
            is what a run that is resumed will find.

        Raises:
            Exception: Whatever the store raises where it cannot write.
        """
        if self.answers is None:
            return completion
        writes = self._writes.get()
        if key not in writes and self.answers.get(key) is None:
            self._used.add(key)
            writes[key] = asyncio.create_task(self.answers.put(key, completion, request, engine=engine))
            writes[key].add_done_callback(lambda _: writes.pop(key))
        if write := writes.get(key):
            await asyncio.wait([write])
            write.result()
        stored = self.answers.get(key) or completion
        return stored.model_copy(update={"is_cached": completion.is_cached})


_session: ContextVar[Session | None] = ContextVar("textgrad_lite_session", default=None)


def current_session() -> Session | None:
    """Return the session of this context, or None."""
    return _session.get()


@contextmanager
def use_session(session: Session) -> Iterator[Session]:
    """Make a session that of this context and of everything spawned from it."""
    token = _session.set(session)
    try:
        yield session
    finally:
        _session.reset(token)


def budgets_in_force(own: Budget | None) -> tuple[Budget, ...]:
    """Return the budgets that a call is made under: the engine's own, then the session's."""
    session = current_session()
    candidates = (own, session.budget if session is not None else None)
    return tuple(dict.fromkeys(budget for budget in candidates if budget is not None))
