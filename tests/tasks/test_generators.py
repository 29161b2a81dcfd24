"""Tests of the generators: items are right, differ, and come again with the seed."""

from __future__ import annotations

import re

import pytest

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.tasks import object_counting, word_sorting
from textgrad_lite.tasks.generated import draw_items

GENERATORS = pytest.mark.parametrize("module", [object_counting, word_sorting])


def test_objects_are_counted_rightly() -> None:
    numbers, kinds = object_counting.NUMBERS, object_counting.KINDS
    for item in object_counting.make_items(100):
        [kind] = re.findall(r"How many (.*) do I have\?$", item["input"])
        total = 0
        for word, thing in re.findall(r"(a|an|one|two|three|four|five) ([a-z ]+?)(?:,|\.)", item["input"]):
            is_asked = any(thing.startswith(name.removesuffix("y")) for name in kinds[kind])
            total += is_asked * max(1, numbers.index(word) if word in numbers else 1)
        assert item["target"] == str(total)


def test_words_are_sorted_rightly() -> None:
    for item in word_sorting.make_items(50):
        words = item["input"].removeprefix("Sort the following words alphabetically: List: ").split()
        assert item["target"].split() == sorted(words)
        assert 2 <= len(words) <= 20
        assert len(set(words)) == len(words)


def test_no_word_is_twice_in_the_vocabulary() -> None:
    assert len(set(word_sorting.WORDS)) == len(word_sorting.WORDS)


@GENERATORS
def test_the_seed_decides_which_items_are_made(module: object) -> None:
    make_items = module.make_items  # type: ignore[attr-defined]
    assert make_items(20, seed=3) == make_items(20, seed=3) != make_items(20, seed=4)
    assert len({item["input"] for item in make_items(500)}) == 500


def test_more_items_than_there_are_cannot_be_drawn() -> None:
    with pytest.raises(ConfigurationError, match="only 2 different items"):
        draw_items(lambda random_source: {"input": str(random_source.randint(0, 1))}, 3, seed=0)
