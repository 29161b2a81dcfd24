"""The run that calls are made in: its limits, its accounts and its store of answers.

A trainer or a CLI opens a session round code whose engines were made earlier; every stack consults the
session of its context besides its own budget. With a store of answers, a run that was killed is resumed by
running its program again: what was answered before is answered from the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal, Protocol

from textgrad_lite.engines.budget import Budget
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.types import Completion, Purpose, Request, Usage


class AnswerStore(Protocol):
    """Holds the answers of one run, by request key."""

    def get(self, key: str) -> Completion | None:
        """Return the answer stored under the key. Billing a replayed answer is the store's business."""

    def sent(self, key: str, request: Request) -> None:
        """Note that a request is about to be sent; called once per attempt."""

    async def put(self, key: str, completion: Completion, request: Request) -> None:
        """Store an answer. It is used only after this has returned."""


@dataclass(frozen=True)
class CallEvent:
    """One thing that happened in a stack, for a progress display.

    Attributes:
        kind: ``"call"`` an answer that was paid for; ``"hit"`` one from the cache; ``"replay"`` one from the
            store of the run; ``"failure"`` an attempt that failed; ``"pause"`` the server wants to be left alone.
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


@dataclass(frozen=True, eq=False)
class Session:
    """Limits, accounts and stored answers of one run.

    Attributes:
        budget: Limits over everything that is asked inside.
        answers: Where answers are kept and looked up before any cache.
        ledger: Accounts of everything that is asked inside.
        on_event: Called on the runtime's loop with every `CallEvent`; must return quickly.
    """

    budget: Budget | None = None
    answers: AnswerStore | None = None
    ledger: Ledger = field(default_factory=Ledger)
    on_event: Callable[[CallEvent], None] | None = None

    def tell(self, event: CallEvent) -> None:
        """Pass an event on to whoever listens."""
        if self.on_event is not None:
            self.on_event(event)


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
