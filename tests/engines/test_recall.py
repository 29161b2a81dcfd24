"""What is in the cache is answered on the caller's own thread: same answer, same accounts, no hop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.engines.doubles import Model, ask
from textgrad_lite import runtime
from textgrad_lite.engines.disk_cache import DiskCache, shared_cache
from textgrad_lite.engines.session import CallEvent, Session, use_session
from textgrad_lite.engines.stack import Stack, StackOptions, stack
from textgrad_lite.errors import BlockingReadError


@pytest.fixture
def loop_is_shut(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on, nothing may be handed over to the loop."""

    def forbid(coroutine: Coroutine[Any, Any, object]) -> None:
        coroutine.close()
        raise AssertionError("this goes to the loop")

    return lambda: monkeypatch.setattr(runtime, "run", forbid)


def _engine(folder: Path, **options: Any) -> Stack:
    return stack(Model(seconds=0), StackOptions(cache_dir=folder, **options))


def _settle(folder: Path) -> DiskCache:
    store = shared_cache(folder)
    runtime.run(store.settle())
    return store


def test_a_cached_answer_needs_no_loop_and_is_accounted_for(
    tmp_path: Path, loop_is_shut: Callable[[], None]
) -> None:
    engine = _engine(tmp_path, sampling={"temperature": 0.5})
    bought = engine("hello", "be brief")
    store = _settle(tmp_path)
    loop_is_shut()

    assert [engine("hello", "be brief"), engine.generate("hello", "be brief")] == [bought, bought]
    total = engine.ledger.total()
    assert (total.calls, total.hits, total.cost_usd) == (1, 2, None)
    with pytest.raises(AssertionError, match="goes to the loop"):
        engine("hello", "be brief", temperature=0.6)
    assert store is not None


def test_other_threads_find_it_too(tmp_path: Path, loop_is_shut: Callable[[], None]) -> None:
    engine = _engine(tmp_path)
    engine("hello")
    store = _settle(tmp_path)
    loop_is_shut()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(engine("hello"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["answer to hello"] * 4
    assert engine.ledger.total().hits == 4
    assert store is not None


def test_an_answer_that_is_not_written_yet_is_at_hand(tmp_path: Path) -> None:
    store = shared_cache(tmp_path)

    async def put() -> None:
        store.put("key", "text")
        assert store.peek("key") == "text"
        assert store.peek("other") is None

    runtime.run(put())


@pytest.mark.parametrize("mode", ["refresh", "off"])
def test_where_nothing_is_read_from_the_cache_nothing_is_recalled(tmp_path: Path, mode: Any) -> None:
    _engine(tmp_path)("hello")
    store = _settle(tmp_path)
    assert _engine(tmp_path, cache=mode).recall(ask()) is None
    assert _engine(tmp_path, cache="read-only").recall(ask()) is not None
    assert store is not None


@pytest.mark.parametrize("row", ["not JSON", 7])
def test_a_row_that_is_not_of_our_making_is_asked_for_again(tmp_path: Path, row: object) -> None:
    engine = _engine(tmp_path)
    engine("hello")
    store = _settle(tmp_path)
    assert store._database is not None
    store._database._sql("UPDATE Cache SET value = ?", (row,))
    assert engine.recall(ask()) is None
    assert engine("hello") == "answer to hello"


def test_in_a_session_a_cached_answer_takes_the_whole_way(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    engine("hello")
    events: list[CallEvent] = []
    threads: list[str] = []

    def listen(event: CallEvent) -> None:
        events.append(event)
        threads.append(threading.current_thread().name)

    with use_session(Session(on_event=listen)) as session:
        assert engine("hello") == "answer to hello"
    assert [event.kind for event in events] == ["hit"]
    assert threads == ["textgrad_lite-loop"]
    assert session.ledger.total().hits == 1


def test_on_the_loop_a_cached_answer_is_refused_like_any_other(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    engine("hello")

    async def block() -> str:
        return engine("hello")

    with pytest.raises(BlockingReadError):
        runtime.run(block())


def test_an_engine_without_a_cache_recalls_nothing() -> None:
    assert Model().recall(ask()) is None
