"""Tests of textgrad_lite.tasks.files: a copy of the user's, a download, the cache; and what is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from tests.tasks.conftest import sha256
from textgrad_lite.errors import DataError
from textgrad_lite.tasks.files import PublishedFile, obtain

CONTENT = b"published"
FILE = PublishedFile("items.json", "https://example.org/items.json", sha256(CONTENT), rows=3, group="set")
UNSEEN = PublishedFile("items.json", "https://example.org/items.json", rows=3)

MakeClient = Callable[..., httpx2.Client]


def test_a_file_is_fetched_once_and_kept(tmp_path: Path, make_client: MakeClient) -> None:
    asked: list[str] = []
    client = make_client(CONTENT, asked)
    for _ in range(2):
        found = obtain(FILE, folder=tmp_path, client=client)
        assert found.path == tmp_path / "set" / "items.json"
        assert found.path.read_bytes() == CONTENT
        assert found.is_verified
        assert found.notes(rows=7) == ()
    assert asked == [FILE.url]


@pytest.mark.parametrize("content", [CONTENT, b"another edition"])
def test_an_installed_package_may_ship_it(
    tmp_path: Path, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    shipped = tmp_path / "site" / "shipping" / "data"
    shipped.mkdir(parents=True)
    (shipped.parent / "__init__.py").write_text("raise RuntimeError('nobody imports this')")
    (shipped / "items.json").write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path / "site")

    found = obtain(replace(FILE, package="shipping/data"), folder=tmp_path, client=make_client(CONTENT))

    assert found.path.read_bytes() == CONTENT
    assert found.is_verified
    assert (found.path == shipped / "items.json") is (content == CONTENT)


def test_other_bytes_than_the_published_are_not_kept(tmp_path: Path, make_client: MakeClient) -> None:
    with pytest.raises(DataError, match="what came is not the published file"):
        obtain(FILE, folder=tmp_path, client=make_client(b"a login page"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_kept_file_that_was_changed_is_refused(tmp_path: Path, make_client: MakeClient) -> None:
    found = obtain(FILE, folder=tmp_path, client=make_client(CONTENT))
    found.path.write_bytes(b"other")
    with pytest.raises(DataError, match=r"not the published file(.|\n)*Remove it"):
        obtain(FILE, folder=tmp_path, client=make_client(CONTENT))


@pytest.mark.parametrize(
    "answer", [404, 503, httpx2.ConnectError("no route to host"), httpx2.ReadTimeout("too slow")]
)
def test_without_a_network_a_path_is_asked_for(
    tmp_path: Path, make_client: MakeClient, answer: int | Exception
) -> None:
    with pytest.raises(DataError, match=r"cannot be fetched(.|\n)*--path"):
        obtain(FILE, folder=tmp_path, client=make_client(answer))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written(tmp_path: Path, make_client: MakeClient) -> None:
    (tmp_path / "set").write_text("no folder")
    with pytest.raises(DataError, match="cannot be written"):
        obtain(FILE, folder=tmp_path, client=make_client(CONTENT))


def test_a_copy_is_taken_from_a_file_or_a_folder(tmp_path: Path) -> None:
    copy = tmp_path / "items.json"
    copy.write_bytes(CONTENT)
    assert obtain(FILE, path=copy) == obtain(FILE, path=tmp_path)
    assert obtain(FILE, path=copy).is_verified
    with pytest.raises(DataError, match="no such file"):
        obtain(FILE, path=tmp_path / "other.json")


def test_what_nobody_hashed_is_called_unverified(tmp_path: Path) -> None:
    copy = tmp_path / "items.json"
    copy.write_bytes(b"anything")
    [note] = obtain(UNSEEN, path=copy).notes(rows=3)
    assert "unverified: only its form and the 3 rows could be checked" in note
    [note] = obtain(FILE, path=copy).notes(rows=2)
    assert "unverified: it has 2 rows, the published file 3" in note
    [note] = obtain(PublishedFile("items.json"), path=copy).notes(rows=2)
    assert note.endswith("unverified: only its form could be checked")


def test_what_is_not_published_has_to_be_given(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="only be had from those who made it"):
        obtain(PublishedFile("items.json"), folder=tmp_path)


def test_the_cache_is_a_folder_of_the_user(
    tmp_path: Path, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    found = obtain(FILE, client=make_client(CONTENT))
    assert found.path == tmp_path / "tasks" / "set" / "items.json"
