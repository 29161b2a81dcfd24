"""Writes what happens in a stack into the accounts: those of the engine and those of the session."""

from __future__ import annotations

from typing import Literal

from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.session import CallEvent, current_session
from textgrad_lite.engines.types import Completion, Request, Usage


class Recorder:
    """Keeps the accounts of one engine, and of the session in whose context a call is made.

    Args:
        engine: Name of the engine.
        ledger: The engine's own accounts.
    """

    def __init__(self, engine: str, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger

    def add_call(self, request: Request, usage: Usage) -> None:
        """Count an answer that was bought."""
        self._add("call", request, usage, is_cached=False)

    def add_hit(self, request: Request, usage: Usage) -> None:
        """Count an answer that was not bought again."""
        self._add("hit", request, usage, is_cached=True)

    def add_failure(self, request: Request, error: BaseException) -> None:
        """Count an attempt that failed."""
        self._ledger.add_failure(request.purpose, self._engine)
        session = current_session()
        if session is not None:
            session.ledger.add_failure(request.purpose, self._engine)
            session.tell(CallEvent("failure", self._engine, request.purpose, message=str(error)))

    def add_replay(self, request: Request, completion: Completion) -> None:
        """Announce an answer of an earlier process; the session's store bills it.

        One that the earlier process had from a cache is a hit again: it was never bought.
        """
        session = current_session()
        if session is not None:
            kind: Literal["hit", "replay"] = "hit" if completion.is_cached else "replay"
            session.tell(CallEvent(kind, self._engine, request.purpose, completion.usage))

    def add_pause(self, request: Request, seconds: float, error: BaseException) -> None:
        """Announce that the server wants to be left alone for a while."""
        session = current_session()
        if session is not None:
            session.tell(
                CallEvent("pause", self._engine, request.purpose, message=str(error), seconds=seconds)
            )

    def _add(self, kind: Literal["call", "hit"], request: Request, usage: Usage, *, is_cached: bool) -> None:
        self._ledger.add(request.purpose, self._engine, usage, is_cached=is_cached)
        session = current_session()
        if session is not None:
            session.ledger.add(request.purpose, self._engine, usage, is_cached=is_cached)
            session.tell(CallEvent(kind, self._engine, request.purpose, usage))
