"""The tasks whose items are made here: for tests and demos, which need no download."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textgrad_lite.data import Dataset
from textgrad_lite.tasks import object_counting, word_sorting
from textgrad_lite.tasks.task import Parts, Task, Wanted
from textgrad_lite.tasks.wording import PAPER_REASONING, reasoning_prompt

_TRAIN, _VAL, _TEST = 50, 100, 100
"""As many as the published tasks of these names have in the paper's split."""

_ITEMS = "items made by seed, in the manner of BIG-bench; prompt of textgrad"


def make_tasks() -> list[Task]:
    """Object counting and word sorting."""
    return [
        Task(
            name="object_counting",
            title="Made-up items: count the things of one kind in a list",
            prompt=PAPER_REASONING,
            metric="numeric",
            read=partial(_read, "object_counting", object_counting.make_items),
            source="made",
            origin=_ITEMS,
        ),
        Task(
            name="word_sorting",
            title="Made-up items: put words into the order of the alphabet",
            prompt=reasoning_prompt("the words in their order, divided by blanks"),
            metric="words",
            read=partial(_read, "word_sorting", word_sorting.make_items),
            source="made",
            origin=_ITEMS.replace("of textgrad", "our own"),
        ),
    ]


def _read(name: str, make_items: Callable[..., list[dict[str, str]]], wanted: Wanted) -> Parts:
    items = make_items(_TRAIN + _VAL + _TEST, seed=wanted.seed)
    dataset = Dataset.from_rows(items, source=name)
    return Parts.of(dataset.split(train=_TRAIN, val=_VAL, test=_TEST, seed=wanted.seed))
