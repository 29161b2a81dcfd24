"""Where cached answers lie on disk, who may read them, and how they are counted and thrown away.

Housekeeping goes through SQL alone, so that it touches no file that a row might name.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textgrad_lite.errors import ConfigurationError

APP_NAME = "textgrad-lite"
"""Name of the folder, in the user's cache directory, of everything that we keep there."""

DATABASE = "cache.db"
SIZE_LIMIT = 4 * 2**30
"""Bytes at which the cache stops growing. Nothing is evicted: a rerun should find what it bought."""

BUSY_SECONDS = 2.0
"""How long to wait for another process that is using the database."""


@dataclass(frozen=True)
class CacheStats:
    """What a cache holds.

    Attributes:
        path: Its folder.
        rows: Answers.
        bytes: Size on disk.
        limit: Size at which it stops growing, in bytes.
        oldest: When its oldest answer was stored.
        newest: When its newest answer was stored.
    """

    path: Path
    rows: int
    bytes: int
    limit: int
    oldest: datetime | None
    newest: datetime | None


class CacheFolder:
    """The folder of a cache.

    Args:
        cache_dir: Where caches are kept; the user's cache directory where None.
    """

    def __init__(self, cache_dir: Path | str | None = None) -> None:
        if cache_dir is None:
            from platformdirs import user_cache_path

            cache_dir = user_cache_path(APP_NAME, appauthor=False)
        self.path = Path(cache_dir).expanduser().absolute() / "answers"
        self._database = str(self.path / DATABASE)

    @property
    def exists(self) -> bool:
        """True where answers were cached here before."""
        return (self.path / DATABASE).is_file()

    def create(self) -> None:
        """Make the folder, or make it ours alone.

        Raises:
            OSError: It cannot be made or belongs to somebody else.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    @property
    def bytes(self) -> int:
        """Size of the database on disk."""
        try:
            return os.stat(self._database).st_size  # noqa: PTH116  a tenth of what a Path takes
        except FileNotFoundError:
            return 0

    def check(self, settings: Iterable[str]) -> None:
        """Make sure that the database, if there is one, can be read and written.

        Args:
            settings: Names of diskcache's settings. It believes whatever others it finds; they are removed.

        Raises:
            sqlite3.Error: It is corrupt, locked or not writable.
        """
        with self._connect() as database:
            database.execute("BEGIN IMMEDIATE")
            names = database.execute("SELECT name FROM sqlite_master").fetchall()
            if ("Settings",) in names:
                known = tuple(settings)
                marks = ", ".join("?" * len(known))
                database.execute(f"DELETE FROM Settings WHERE key NOT IN ({marks})", known)  # noqa: S608
            database.execute("COMMIT")

    def stats(self) -> CacheStats:
        """Count what is cached.

        Raises:
            ConfigurationError: The database cannot be read.
        """
        rows, oldest, newest = 0, None, None
        if self.exists:
            with _reported(self.path), self._connect() as database:
                rows, oldest, newest = database.execute(
                    "SELECT count(*), min(store_time), max(store_time) FROM Cache"
                ).fetchone()
        return CacheStats(self.path, rows, self.bytes, SIZE_LIMIT, _as_time(oldest), _as_time(newest))

    def prune(self, *, older_than: timedelta | None = None, to_bytes: int | None = None) -> int:
        """Throw answers away, oldest first.

        Args:
            older_than: Remove answers that were stored longer ago than this.
            to_bytes: Remove answers until those that are left take no more text than this.

        Returns:
            How many were removed.

        Raises:
            ConfigurationError: The database cannot be read or written.
        """
        removed = 0
        if older_than is not None:
            removed += self._delete("store_time < ?", time.time() - older_than.total_seconds())
        if to_bytes is not None:
            removed += self._delete(
                "rowid IN (SELECT rowid FROM (SELECT rowid, sum(length(CAST(value AS BLOB))) OVER"
                " (ORDER BY store_time DESC, rowid DESC) AS kept FROM Cache) WHERE kept > ?)",
                to_bytes,
            )
        return removed

    def clear(self) -> int:
        """Throw all answers away and return how many there were.

        Raises:
            ConfigurationError: The database cannot be read or written.
        """
        return self._delete("rowid > ?", -1)

    def _delete(self, condition: str, bound: float) -> int:
        if not self.exists:
            return 0
        with _reported(self.path), self._connect() as database:
            removed = database.execute(f"DELETE FROM Cache WHERE {condition}", (bound,)).rowcount  # noqa: S608
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path / DATABASE, timeout=BUSY_SECONDS, isolation_level=None)
        with closing(connection):
            yield connection


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise ConfigurationError(
            f"the cache in {path} cannot be used: {error}",
            hint="If it stays so, delete the folder; the answers in it will be asked for again.",
        ) from error


def _as_time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
