"""The cache: what was bought once is not bought again, in any process, and nothing it finds can harm us."""

from __future__ import annotations

import asyncio
import logging
import pickle  # noqa: TID251  # to plant what must never be read
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engines.doubles import Model, answering, ask
from textgrad_lite.engines.cache import Cache, CacheMode
from textgrad_lite.engines.cache_folder import CacheFolder
from textgrad_lite.engines.disk_cache import DiskCache, shared_cache
from textgrad_lite.engines.json_disk import JsonDisk, RefusedRowError
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.recorder import Recorder
from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path: Path) -> CacheFolder:
    return CacheFolder(tmp_path / "cache")


def _model() -> Model:
    return Model(seconds=0)


class Settled(Cache):
    """A cache whose answers are on disk when it returns them."""

    async def complete(self, request: Request) -> Completion:
        completion = await super().complete(request)
        assert isinstance(self._store, DiskCache)
        await self._store.settle()
        return completion


def _cached(
    folder: CacheFolder, model: Model, mode: CacheMode = "on", ledger: Ledger | None = None, **options: Any
) -> Settled:
    store = DiskCache(folder, **{"patience": 0.1, "batch": 0.0, **options})
    return Settled(model, store, Recorder(model.name, ledger or Ledger()), mode)


def _plant(folder: CacheFolder, **columns: object) -> None:
    """Write into every row of the cache, as an attacker could."""
    with closing(sqlite3.connect(folder.path / "cache.db")) as database, database:
        assignments = ", ".join(f"{column} = ?" for column in columns)
        database.execute(f"UPDATE Cache SET {assignments}", tuple(columns.values()))  # noqa: S608


async def test_a_second_engine_finds_what_the_first_bought(folder: CacheFolder) -> None:
    first, second, ledger = _model(), _model(), Ledger()
    bought = await _cached(folder, first).complete(ask())
    found = await _cached(folder, second, ledger=ledger).complete(ask())
    assert found == bought.model_copy(update={"is_cached": True})
    assert second.requests == []
    assert (ledger.total().calls, ledger.total().hits, ledger.total().cost_usd) == (0, 1, 0.0)


@pytest.mark.parametrize("mode, sent", [("on", 0), ("read-only", 0), ("refresh", 1)])
async def test_modes_with_an_answer_there(folder: CacheFolder, mode: CacheMode, sent: int) -> None:
    await _cached(folder, Model(lambda _: answering("old"), seconds=0)).complete(ask())
    model = Model(lambda _: answering("new"), seconds=0)
    completion = await _cached(folder, model, mode).complete(ask())
    assert len(model.requests) == sent
    assert completion.text == ("new" if mode == "refresh" else "old")
    after = await _cached(folder, _model()).complete(ask())
    assert after.text == completion.text


async def test_what_is_not_written_yet_is_found_all_the_same(folder: CacheFolder) -> None:
    model = _model()
    engine = _cached(folder, model, batch=0.01)
    await Cache.complete(engine, ask())
    assert not folder.exists
    assert (await Cache.complete(engine, ask())).is_cached
    assert len(model.requests) == 1


async def test_the_last_of_several_answers_is_kept(folder: CacheFolder) -> None:
    store = DiskCache(folder, batch=0.01)
    for number in range(5):
        store.put("key", str(number))
    await store.settle()
    assert await DiskCache(folder).get("key") == "4"


async def test_several_readers_open_the_database_once(folder: CacheFolder) -> None:
    await _cached(folder, _model()).complete(ask())
    key, store = request_key(_model(), ask()), DiskCache(folder)
    texts = await asyncio.gather(*(store.get(key) for _ in range(5)))
    assert len(set(texts)) == 1
    assert texts[0] is not None


async def test_read_only_keeps_nothing_and_makes_no_folder(folder: CacheFolder) -> None:
    await _cached(folder, _model(), "read-only").complete(ask())
    assert not folder.path.exists()


async def test_an_answer_that_was_joined_is_not_written_again(folder: CacheFolder) -> None:
    joined = Model(lambda _: answering(is_cached=True), seconds=0)
    await _cached(folder, joined).complete(ask())
    assert not folder.exists


async def test_only_its_owner_may_enter_the_folder(folder: CacheFolder) -> None:
    folder.path.mkdir(parents=True, mode=0o755)
    await _cached(folder, _model()).complete(ask())
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


async def test_a_row_is_json_text_and_holds_no_purpose(folder: CacheFolder) -> None:
    await _cached(folder, _model()).complete(ask(purpose="judge"))
    with closing(sqlite3.connect(folder.path / "cache.db")) as database:
        ((mode, filename, value),) = database.execute("SELECT mode, filename, value FROM Cache").fetchall()
    assert (mode, filename) == (1, None)
    assert value.startswith('{"text":"answer to hello"')
    assert "judge" not in value
    assert [path.name for path in folder.path.iterdir() if not path.name.startswith("cache.db")] == []


class Exploit:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self._trace,)


async def test_a_planted_pickle_is_never_run(
    folder: CacheFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await _cached(folder, _model()).complete(ask())
    trace = tmp_path / "trace"
    _plant(folder, mode=4, value=pickle.dumps(Exploit(trace)))
    model = _model()
    engine = _cached(folder, model)
    for _ in range(2):
        assert (await engine.complete(ask())).text == "answer to hello"
    assert len(model.requests) == 1  # asked once, then kept anew
    assert not trace.exists()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("mode", [2, 3, 4])
async def test_a_planted_file_name_is_neither_read_nor_deleted(
    folder: CacheFolder, tmp_path: Path, mode: int
) -> None:
    await _cached(folder, _model()).complete(ask())
    foreign = folder.path.parent / "x"
    trace = tmp_path / "trace"
    foreign.write_bytes(pickle.dumps(Exploit(trace)) if mode == 4 else b'{"text": "planted"}')
    content = foreign.read_bytes()
    _plant(folder, mode=mode, filename="../x", value=None)
    model = _model()
    engine = _cached(folder, model)
    assert (await engine.complete(ask())).text == "answer to hello"  # refused, then written over
    assert (await engine.complete(ask())).text == "answer to hello"
    assert len(model.requests) == 1
    assert foreign.read_bytes() == content
    assert not trace.exists()


async def test_housekeeping_deletes_no_file_that_a_row_names(folder: CacheFolder) -> None:
    engine = _cached(folder, _model())
    await engine.complete(ask("a"))
    await engine.complete(ask("b"))
    foreign = folder.path.parent / "x"
    foreign.write_text("keep me")
    _plant(folder, mode=3, filename="../x", expire_time=1.0)
    await engine.complete(ask("c"))
    assert folder.prune(to_bytes=0) == 3
    assert foreign.read_text() == "keep me"


@pytest.mark.parametrize(
    "columns",
    [
        {"mode": 4},
        {"value": 7},
        {"value": b"{}"},
        {"value": None},
        {"filename": "y"},
        {"value": "{}"},
        {"value": "[1"},
    ],
)
async def test_a_row_of_another_form_is_a_miss(folder: CacheFolder, columns: dict[str, Any]) -> None:
    await _cached(folder, _model()).complete(ask())
    _plant(folder, **columns)
    model = _model()
    assert (await _cached(folder, model).complete(ask())).text == "answer to hello"
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "misuse",
    [
        lambda disk: disk.put(("a", 1)),
        lambda disk: disk.get(b"\x80\x04K\x01.", False),
        lambda disk: disk.get(b"text", True),
        lambda disk: disk.store({"a": 1}, False),
        lambda disk: disk.store("text", True),
        lambda disk: disk.fetch(1, None, "text", True),
        lambda disk: disk.filename(),
    ],
)
def test_the_disk_takes_nothing_but_text(tmp_path: Path, misuse: Callable[[JsonDisk], object]) -> None:
    disk = JsonDisk(str(tmp_path))
    assert disk.get("key", True) == "key"
    with pytest.raises(RefusedRowError):
        misuse(disk)


async def _spoil(folder: CacheFolder) -> None:
    folder.create()
    (folder.path / "cache.db").write_bytes(b"this is no database, whatever its name says" * 100)


async def _put_a_file_in_its_place(folder: CacheFolder) -> None:
    folder.path.parent.mkdir(parents=True)
    folder.path.write_text("a file")


@pytest.mark.parametrize("spoil", [_spoil, _put_a_file_in_its_place])
async def test_a_cache_that_cannot_be_used_costs_one_warning_and_not_the_run(
    folder: CacheFolder,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[CacheFolder], Coroutine[Any, Any, None]],
) -> None:
    await spoil(folder)
    model = _model()
    engine = _cached(folder, model)
    for text in ("a", "b", "c"):
        assert (await engine.complete(ask(text))).text == f"answer to {text}"
    assert len(model.requests) == 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "going on without" in caplog.text


@pytest.mark.parametrize(
    "setting, value", [("disk_unheard_of", 1), ("get", 1), ("size", "x"), ("eviction_policy", "x")]
)
async def test_planted_settings_are_not_believed(folder: CacheFolder, setting: str, value: object) -> None:
    await _cached(folder, _model()).complete(ask())
    with closing(sqlite3.connect(folder.path / "cache.db")) as database, database:
        database.execute("INSERT OR REPLACE INTO Settings VALUES (?, ?)", (setting, value))
    engine = _cached(folder, _model())
    assert (await engine.complete(ask())).is_cached
    await engine.complete(ask("another"))
    assert (await engine.complete(ask("another"))).is_cached


async def test_a_variable_in_the_path_is_not_resolved(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = CacheFolder(tmp_path / "$HOME")
    await _cached(folder, _model()).complete(ask())
    assert "variable" in caplog.text


async def test_a_database_that_breaks_while_it_is_open_costs_one_warning(
    folder: CacheFolder, caplog: pytest.LogCaptureFixture
) -> None:
    engine = _cached(folder, _model())
    await engine.complete(ask("a"))
    with closing(sqlite3.connect(folder.path / "cache.db")) as database, database:
        database.execute("DROP TABLE Cache")
    for text in ("a", "b", "c"):
        await engine.complete(ask(text))
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.fixture
def locked(folder: CacheFolder) -> Iterator[sqlite3.Connection]:
    """Another process that holds the database for itself."""
    folder.create()
    with closing(sqlite3.connect(folder.path / "cache.db", isolation_level=None)) as database:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN EXCLUSIVE")
        yield database


async def test_a_locked_database_costs_one_warning_and_no_stalled_loop(
    folder: CacheFolder, locked: sqlite3.Connection, caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    monkeypatch.setattr("textgrad_lite.engines.cache_folder.BUSY_SECONDS", 0.1)
    engine = _cached(folder, _model())
    for text in ("a", "b"):
        assert (await engine.complete(ask(text))).text == f"answer to {text}"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "locked" in caplog.text


async def test_a_writer_waits_for_another_process_off_the_loop(folder: CacheFolder) -> None:
    engine = _cached(folder, _model(), patience=30)
    await engine.complete(ask("a"))
    with closing(sqlite3.connect(folder.path / "cache.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(engine.complete(ask("b")))
        for _ in range(20):  # the loop stays free and reads go on
            assert (await Cache.complete(engine, ask("a"))).is_cached
        assert not writing.done()
        other.execute("COMMIT")
    await writing
    assert (await engine.complete(ask("b"))).is_cached


async def test_a_full_cache_keeps_what_it_has_and_says_so_once(
    folder: CacheFolder, caplog: pytest.LogCaptureFixture
) -> None:
    await _cached(folder, _model()).complete(ask("a"))
    model = _model()
    engine = _cached(folder, model, size_limit=1)
    for text in ("a", "b", "b"):
        await engine.complete(ask(text))
    assert len(model.requests) == 2
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "full" in caplog.text


async def test_a_full_disk_costs_one_warning_and_not_the_run(
    folder: CacheFolder, caplog: pytest.LogCaptureFixture
) -> None:
    engine = _cached(folder, Model(lambda _: answering("x" * 20_000), seconds=0))
    await engine.complete(ask("a"))
    store: Any = engine._store
    await store._on_thread(lambda: _forbid_growth(store))
    for text in ("b", "c"):
        assert (await engine.complete(ask(text))).text == "x" * 20_000
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "database or disk is full" in caplog.text


def _forbid_growth(store: DiskCache) -> None:
    """Let SQLite find no room for another page, as on a full disk."""
    database: Any = store._database
    database._con.execute("PRAGMA max_page_count = 1")


_RERUN = """
import sys
from tests.engines.doubles import Model, ask
from textgrad_lite import runtime
from textgrad_lite.engines.stack import StackOptions, stack
model = Model(seconds=0)
engine = stack(model, StackOptions(cache_dir=sys.argv[1]))
async def program():
    for text in "abc":
        await engine.complete(ask(text, temperature=0.5))
runtime.run(program())
print(len(model.requests), engine.ledger.total().hits)
"""


def test_a_rerun_in_a_new_process_asks_nothing(tmp_path: Path) -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", _RERUN, str(tmp_path)], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert outputs == [["3", "0"], ["0", "3"]]


async def test_many_engines_and_loops_share_one_folder(folder: CacheFolder) -> None:
    def fill(number: int) -> int:
        engine = _cached(folder, _model(), patience=30)
        for text in "abcdef":
            asyncio.run(engine.complete(ask(f"{text}{number % 3}")))
        return number

    with ThreadPoolExecutor(6) as threads:
        assert len(list(threads.map(fill, range(6)))) == 6
    assert folder.stats().rows == 18


def test_engines_of_one_folder_share_its_database(tmp_path: Path) -> None:
    first, second = shared_cache(tmp_path), shared_cache(tmp_path)
    assert first is second
    assert shared_cache(tmp_path / "other") is not first


def test_the_default_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert CacheFolder().path == tmp_path / "textgrad-lite" / "answers"
    assert list(tmp_path.iterdir()) == []


async def _fill(folder: CacheFolder, *texts: str) -> None:
    engine = _cached(folder, _model())
    for text in texts:
        await engine.complete(ask(text))


async def test_stats_count_rows_and_times(folder: CacheFolder) -> None:
    assert folder.stats().rows == 0
    assert folder.stats().oldest is None
    await _fill(folder, "a", "b")
    stats = folder.stats()
    assert (stats.path, stats.rows) == (folder.path, 2)
    assert 0 < stats.bytes < stats.limit
    assert stats.oldest is not None
    assert stats.newest is not None
    assert stats.oldest <= stats.newest


async def test_pruning_goes_by_age_and_by_size(folder: CacheFolder) -> None:
    await _fill(folder, "a", "b", "c")
    with closing(sqlite3.connect(folder.path / "cache.db")) as database, database:
        for age, text in ((3600, "a"), (60, "b"), (0, "c")):
            key = request_key(_model(), ask(text))
            database.execute("UPDATE Cache SET store_time = ? WHERE key = ?", (time.time() - age, key))
        (size,) = database.execute("SELECT max(length(value)) FROM Cache").fetchone()
    assert folder.prune(older_than=timedelta(minutes=30)) == 1
    assert folder.prune(to_bytes=10 * size) == 0
    assert folder.prune(to_bytes=size) == 1
    model = _model()
    assert (await _cached(folder, model).complete(ask("c"))).is_cached


async def test_clearing_removes_everything(folder: CacheFolder) -> None:
    assert folder.clear() == 0
    await _fill(folder, "a", "b")
    assert folder.clear() == 2
    assert folder.stats().rows == 0


async def test_housekeeping_reports_a_database_that_it_cannot_use(folder: CacheFolder) -> None:
    await _spoil(folder)
    for action in (folder.stats, folder.clear, lambda: folder.prune(to_bytes=0)):
        with pytest.raises(ConfigurationError, match="cannot be used"):
            action()


def test_the_warning_names_the_folder_and_no_content(
    folder: CacheFolder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.run(_spoil(folder))
    asyncio.run(_cached(folder, _model()).complete(ask("secret prompt")))
    assert str(folder.path) in caplog.text
    assert "secret prompt" not in caplog.text
