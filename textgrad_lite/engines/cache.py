"""An answer that was bought once is not bought again."""

from __future__ import annotations

import logging
from typing import Literal, Protocol

from pydantic import ValidationError

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.layer import Layer
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.types import Completion, Request

CacheMode = Literal["on", "off", "read-only", "refresh"]
logger = logging.getLogger(__name__)


class TextStore(Protocol):
    """Keeps text by key and never raises; see `DiskCache`."""

    async def get(self, key: str) -> str | None:
        """Return the text under a key, or None."""

    def peek(self, key: str) -> str | None:
        """Return the text under a key if it can be read at once, from any thread; else None."""

    def put(self, key: str, text: str) -> None:
        """Keep a text under a key, without waiting."""


class Cache(Layer):
    """Answers from a store what was answered before.

    Args:
        inner: The engine to ask for what is not there.
        store: Where answers are kept.
        recorder: Told of hits.
        mode: ``"on"``; ``"read-only"`` keeps nothing new; ``"refresh"`` asks again and replaces what is kept.
    """

    def __init__(self, inner: Engine, store: TextStore, recorder: Recorder, mode: CacheMode = "on") -> None:
        super().__init__(inner)
        self._store = store
        self._recorder = recorder
        self._reads = mode in ("on", "read-only")
        self._writes = mode in ("on", "refresh")

    async def complete(self, request: Request) -> Completion:
        """Answer from the store, or ask and keep the answer."""
        key = request_key(self, request)
        hit = self._read(request, await self._store.get(key)) if self._reads else None
        if hit is not None:
            return hit
        completion = await self.inner.complete(request)
        if self._writes and not completion.is_cached:
            self._store.put(key, completion.model_copy(update={"is_cached": True}).model_dump_json())
        return completion

    def recall(self, request: Request) -> Completion | None:
        """Return the answer if it is in the store and can be read at once."""
        return self._read(request, self._store.peek(request_key(self, request))) if self._reads else None

    def _read(self, request: Request, text: str | None) -> Completion | None:
        if text is None:
            return None
        try:
            hit = Completion.model_validate_json(text)
        except ValidationError:
            logger.warning("a cached answer cannot be read and is asked for again")
            return None
        self._recorder.add_hit(request, hit.usage)
        return hit
