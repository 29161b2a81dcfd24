"""Writing that nobody waits for loses nothing, whenever it is put."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from textgrad_lite.engines.write_behind import WriteBehind


def test_what_is_put_together_is_written_together() -> None:
    batches: list[dict[str, str]] = []
    is_writing, is_released = threading.Event(), threading.Event()
    unwritten: dict[str, str] = {}

    def write(batch: Mapping[str, str]) -> None:
        batches.append(dict(batch))
        is_writing.set()
        is_released.wait(10)

    writer = WriteBehind(write, unwritten, 0.0)
    writer.put("first", "1")
    assert is_writing.wait(10)
    for number in range(5):
        writer.put(f"{number}", "x")
    is_released.set()
    writer.call(lambda: None).result(10)
    assert batches == [{"first": "1"}, {f"{number}": "x" for number in range(5)}]
    assert unwritten == {}


def test_a_text_that_is_replaced_while_it_is_written_is_written_again() -> None:
    written: list[str] = []
    unwritten: dict[str, str] = {}

    def write(batch: Mapping[str, str]) -> None:
        written.append(batch["key"])
        if batch["key"] == "old":
            writer.put("key", "new")

    writer = WriteBehind(write, unwritten, 0.0)
    writer.put("key", "old")
    writer.call(lambda: None).result(10)
    assert written == ["old", "new"]
    assert unwritten == {}
