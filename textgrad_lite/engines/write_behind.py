"""Writing that nobody waits for.

What is put is collected for a moment and written in one go, on one thread of its own: a transaction for
twenty rows costs little more than one for a single row. The interpreter does not exit before the last one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class WriteBehind:
    """Texts by key on their way to a disk.

    Args:
        write: Writes a batch; called on the thread. It must not raise.
        unwritten: Where texts are kept until they are written.
        seconds: How long a batch is collected.
    """

    def __init__(
        self, write: Callable[[Mapping[str, str]], None], unwritten: dict[str, str], seconds: float
    ) -> None:
        self._write = write
        self._seconds = seconds
        self._lock = threading.Lock()
        self._unwritten = unwritten
        self._is_collecting = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="textgrad_lite-cache")

    def put(self, key: str, text: str) -> None:
        """Have a text written. Returns at once."""
        with self._lock:
            self._unwritten[key] = text
            if self._is_collecting:
                return
            self._is_collecting = True
        with suppress(RuntimeError):  # the interpreter is exiting
            self._thread.submit(self._write_all)

    def call(self, action: Callable[[], T]) -> Future[T]:
        """Run something on the same thread, after what was put so far is written."""
        return self._thread.submit(action)

    def _write_all(self) -> None:
        while True:
            time.sleep(self._seconds)
            with self._lock:
                batch = dict(self._unwritten)
                if not batch:
                    self._is_collecting = False
                    return
            self._write(batch)
            with self._lock:
                for key, text in batch.items():
                    if self._unwritten.get(key) is text:
                        del self._unwritten[key]
