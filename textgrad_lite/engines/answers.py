"""Answers of a run are stored before they are used, and looked up there before any cache.

That is what makes a run resumable by running its program again, whatever the mode of the cache.
"""

from __future__ import annotations

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.layer import Layer
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.session import current_session
from textgrad_lite.engines.types import Completion, Request


class Answers(Layer):
    """Consults and feeds the answer store of the session in whose context a call is made."""

    def __init__(self, inner: Engine, recorder: Recorder) -> None:
        super().__init__(inner)
        self._recorder = recorder

    async def complete(self, request: Request) -> Completion:
        """Answer from the store of the run, or ask and store.

        The first use of a stored answer returns it as it was stored, later ones have ``is_cached`` set, so
        that a resumed run sees what an uninterrupted one would have seen.
        """
        session = current_session()
        if session is None or session.answers is None:
            return await self.inner.complete(request)
        key = request_key(self, request)
        stored = session.answers.get(key)
        if stored is None:
            completion = await self.inner.complete(request)
            return await session.keep(key, completion, request, self.name)
        if session.is_first_use(key):
            self._recorder.add_replay(request, stored)
            return stored
        self._recorder.add_hit(request, stored.usage)
        return stored.model_copy(update={"is_cached": True})

    def recall(self, request: Request) -> Completion | None:
        """Return the answer if it is at hand; in a session only the loop knows."""
        return self.inner.recall(request) if current_session() is None else None
