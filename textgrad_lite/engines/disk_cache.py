"""Text by key on disk, for an event loop that must not wait for a disk.

A read of a row takes microseconds and is made on the loop. Whatever may take longer, such as opening, writing
or waiting for another process, is made on one thread of its own. Where the cache fails, the run goes on
without it. Imported only when a cache is used, because it imports diskcache.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from diskcache import DEFAULT_SETTINGS, Timeout
from diskcache import Cache as Database
from diskcache.core import METADATA

from textgrad_lite.engines.cache_folder import BUSY_SECONDS, SIZE_LIMIT, CacheFolder
from textgrad_lite.engines.json_disk import JsonDisk, RefusedRowError
from textgrad_lite.engines.per_loop import PerLoop

T = TypeVar("T")
logger = logging.getLogger(__name__)

_FAILURES = (sqlite3.Error, Timeout, OSError)
_POLL_SECONDS = 0.02
_SETTINGS = {**DEFAULT_SETTINGS, "eviction_policy": "none", "cull_limit": 0}


class DiskCache:
    """A folder of texts, opened when first used.

    Args:
        folder: Where it lies.
        size_limit: Bytes at which it stops growing.
        patience: Seconds to wait for another process that holds the database.
    """

    def __init__(
        self, folder: CacheFolder, *, size_limit: int = SIZE_LIMIT, patience: float = BUSY_SECONDS
    ) -> None:
        self._folder = folder
        self._size_limit = size_limit
        self._patience = patience
        self._database: Database | None = None
        self._is_off = False
        self._warned: set[str] = set()
        self._worker = PerLoop(lambda: ThreadPoolExecutor(1, thread_name_prefix="textgrad_lite-cache"))

    async def get(self, key: str) -> str | None:
        """Return the text under a key, or None where there is none or it cannot be read."""
        if self._is_off or (self._database is None and not self._folder.exists):
            return None
        try:
            if self._database is None:
                await self._in_worker(self._open)
            return await self._read(key)
        except RefusedRowError as error:
            self._warn("refused", "%s; the answer is asked for again", error)
        except _FAILURES as error:
            self._turn_off(error)
        return None

    async def put(self, key: str, text: str) -> None:
        """Keep a text under a key, where that is possible."""
        if self._is_off:
            return
        try:
            if self._database is None:
                await self._in_worker(self._open)
            await self._in_worker(lambda: self._write(key, text))
        except _FAILURES as error:
            self._turn_off(error)

    async def _read(self, key: str) -> str | None:
        try:
            return self._fetch(key)
        except sqlite3.OperationalError:  # mostly another process that holds the database for a moment
            return await self._in_worker(lambda: self._patiently(lambda: self._fetch(key)))

    def _fetch(self, key: str) -> str | None:
        assert self._database is not None
        text: str | None = self._database.get(key)
        return text

    def _write(self, key: str, text: str) -> None:
        database = self._database
        assert database is not None
        if self._folder.bytes >= self._size_limit:
            self._warn("full", "the cache in %s is full; prune it to keep new answers", self._folder.path)
        else:
            self._patiently(lambda: database.set(key, text))

    def _open(self) -> None:
        if self._database is None:
            path = str(self._folder.path)
            if os.path.expandvars(path) != path:
                raise OSError("its path holds a variable, which diskcache would resolve")
            self._folder.create()
            self._folder.check((*DEFAULT_SETTINGS, *METADATA))
            # Without a timeout a read on the loop never waits; what is busy is tried again in the worker.
            self._database = Database(path, timeout=0, disk=JsonDisk, **_SETTINGS)

    def _patiently(self, action: Callable[[], T]) -> T:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return action()
            except (sqlite3.OperationalError, Timeout):
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_POLL_SECONDS)

    async def _in_worker(self, action: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker.get(), action)

    def _turn_off(self, error: Exception) -> None:
        self._is_off = True
        reason = str(error) or type(error).__name__
        self._warn("off", "the cache in %s cannot be used (%s); going on without", self._folder.path, reason)

    def _warn(self, kind: str, message: str, *values: object) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            logger.warning(message, *values)


_open_caches: WeakValueDictionary[Path, DiskCache] = WeakValueDictionary()


def shared_cache(cache_dir: Path | str | None = None) -> DiskCache:
    """Return the cache of a folder, the same for all engines that use it."""
    folder = CacheFolder(cache_dir)
    return _open_caches.setdefault(folder.path, DiskCache(folder))
