"""Text by key on disk, for an event loop that must not wait for a disk.

A read of a row takes microseconds and is made on the loop. Whatever may take longer, such as opening, writing
or waiting for another process, is made on a thread. Where the cache fails, the run goes on without it.
Imported only when a cache is used, because it imports diskcache.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from diskcache import DEFAULT_SETTINGS, Timeout
from diskcache import Cache as Database
from diskcache.core import METADATA

from textgrad_lite.engines.cache_folder import BUSY_SECONDS, SIZE_LIMIT, CacheFolder
from textgrad_lite.engines.json_disk import JsonDisk, RefusedRowError
from textgrad_lite.engines.per_loop import PerLoop
from textgrad_lite.engines.write_behind import WriteBehind

T = TypeVar("T")
logger = logging.getLogger(__name__)

BATCH_SECONDS = 0.05
"""How long answers are collected before they are written together."""

_FAILURES = (sqlite3.Error, Timeout, OSError)
_POLL_SECONDS = 0.02
_SETTINGS = {**DEFAULT_SETTINGS, "eviction_policy": "none", "cull_limit": 0}


class DiskCache:
    """A folder of texts, opened when first used.

    Args:
        folder: Where it lies.
        size_limit: Bytes at which it stops growing.
        patience: Seconds to wait for another process that holds the database.
        batch: Seconds for which texts are collected before they are written together.
    """

    def __init__(
        self,
        folder: CacheFolder,
        *,
        size_limit: int = SIZE_LIMIT,
        patience: float = BUSY_SECONDS,
        batch: float = BATCH_SECONDS,
    ) -> None:
        self._folder = folder
        self._size_limit = size_limit
        self._patience = patience
        self._database: Database | None = None
        self._is_off = False
        self._warned: set[str] = set()
        self._unwritten: dict[str, str] = {}
        self._writer = PerLoop(lambda: WriteBehind(self._write, self._unwritten, batch))

    async def get(self, key: str) -> str | None:
        """Return the text under a key, or None where there is none or it cannot be read."""
        unwritten = self._unwritten.get(key)
        if unwritten is not None or self._is_off or (self._database is None and not self._folder.exists):
            return unwritten
        try:
            database: Any = self._database  # diskcache has no types
            if database is None:
                database = await self._on_thread(self._open)
            try:
                text: str | None = database.get(key)
            except sqlite3.OperationalError:  # mostly another process that holds the database for a moment
                text = await self._on_thread(lambda: self._patiently(lambda: database.get(key)))
            return text
        except RefusedRowError as error:
            self._warn("refused", "%s; the answer is asked for again", error)
        except _FAILURES as error:
            self._turn_off(error)
        return None

    def peek(self, key: str) -> str | None:
        """Return the text under a key if it can be read at once; else None. From any thread."""
        unwritten = self._unwritten.get(key)
        database: Any = self._database
        if unwritten is not None or self._is_off or database is None:
            return unwritten
        try:
            text: str | None = database.get(key)
        except (RefusedRowError, *_FAILURES):  # `get` says so, and does what is to be done
            return None
        return text

    def put(self, key: str, text: str) -> None:
        """Keep a text under a key, where that is possible. Returns at once."""
        if not self._is_off:
            self._writer.get().put(key, text)

    async def settle(self) -> None:
        """Return when everything that was put so far is written."""
        await self._on_thread(lambda: None)

    def _write(self, texts: Mapping[str, str]) -> None:
        if self._is_off:
            return
        try:
            database = self._open()
            if self._folder.bytes < self._size_limit:
                self._patiently(lambda: _store(database, texts))
            else:
                self._warn("full", "the cache in %s is full; prune it to keep new answers", self._folder.path)
        except _FAILURES as error:
            self._turn_off(error)

    def _open(self) -> Database:
        """Open the database, if it is not open yet. On the thread."""
        if self._database is None:
            path = str(self._folder.path)
            if os.path.expandvars(path) != path:
                raise OSError("its path holds a variable, which diskcache would resolve")
            self._folder.create()
            self._folder.check((*DEFAULT_SETTINGS, *METADATA))
            # Without a timeout a read on the loop never waits; what is busy is tried again on the thread.
            self._database = Database(path, timeout=0, disk=JsonDisk, **_SETTINGS)
        return self._database

    def _patiently(self, action: Callable[[], T]) -> T:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return action()
            except (sqlite3.OperationalError, Timeout):
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_POLL_SECONDS)

    async def _on_thread(self, action: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._writer.get().call(action))

    def _turn_off(self, error: Exception) -> None:
        self._is_off = True
        reason = str(error) or type(error).__name__
        self._warn("off", "the cache in %s cannot be used (%s); going on without", self._folder.path, reason)

    def _warn(self, kind: str, message: str, *values: object) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            logger.warning(message, *values)


def _store(database: Database, texts: Mapping[str, str]) -> None:
    with database.transact():
        for key, text in texts.items():
            database.set(key, text)


_open_caches: WeakValueDictionary[Path, DiskCache] = WeakValueDictionary()


def shared_cache(cache_dir: Path | str | None = None) -> DiskCache:
    """Return the cache of a folder, the same for all engines that use it."""
    folder = CacheFolder(cache_dir)
    return _open_caches.setdefault(folder.path, DiskCache(folder))
