"""How diskcache may keep our rows: as JSON text inside the row, and in no other way.

diskcache by itself unpickles what it finds, which runs code, and opens and deletes the files that rows name,
wherever they lie (CVE-2025-69872). Whoever can write to a cache must not gain either through us. Imported
only when a cache is opened.
"""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from diskcache import UNKNOWN, Disk
from diskcache.core import MODE_RAW

logger = logging.getLogger(__name__)


class RefusedRowError(Exception):
    """A row is not of our making."""


class JsonDisk(Disk):  # type: ignore[misc]  # diskcache has no types
    """Stores text under text, in the row."""

    def put(self, key: object) -> tuple[str, bool]:
        """Return the key as it is."""
        if type(key) is not str:
            _refuse(f"a key of type {type(key).__name__}")
        return key, True

    def get(self, key: object, raw: bool) -> str:
        """Return a key that was read."""
        if type(key) is not str or not raw:
            _refuse("a key that is not text")
        return key

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> tuple[int, int, None, str]:  # noqa: ARG002
        """Return size, mode, file and value of a row: always in the row, never in a file."""
        if type(value) is not str or read:
            _refuse(f"a value of type {type(value).__name__}")
        return 0, MODE_RAW, None, value

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> str:
        """Return the text of a row.

        Raises:
            RefusedRowError: The row is pickled, names a file or holds no text.
        """
        if mode != MODE_RAW or filename is not None or type(value) is not str or read:
            _refuse("a row that is not plain text")
        return value

    def filename(self, key: object = UNKNOWN, value: object = UNKNOWN) -> NoReturn:  # noqa: ARG002
        """Refuse to make a file."""
        _refuse("a value in a file of its own")

    def remove(self, file_path: Any) -> None:  # noqa: ARG002
        """Leave the file alone: no row of ours names one."""
        logger.warning("the cache names a file, which is not of our making; the file is left alone")


def _refuse(what: str) -> NoReturn:
    raise RefusedRowError(f"the cache refuses {what}")
