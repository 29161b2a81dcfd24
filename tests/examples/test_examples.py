"""The examples run, and do what their first lines say."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from types import ModuleType

from textgrad_lite.testing.scripted import ScriptedEngine

Load = Callable[[str], ModuleType]
Make = Callable[[str, str], ScriptedEngine]


def test_an_answer_is_refined(load_example: Load, make_engine: Make) -> None:
    engine = make_engine("72 minutes", "1 hour: shirts dry side by side")
    assert load_example("refine_answer").refine(engine) == ["72 minutes", "1 hour: shirts dry side by side"]


def test_both_prompts_are_criticised_and_rewritten(load_example: Load, make_engine: Make) -> None:
    engine = make_engine("Answer: 1900", "Count from the year that is named.")
    prompts = load_example("two_prompts").train(engine)
    assert prompts == {
        "extract.system_prompt": "Count from the year that is named.",
        "answer.system_prompt": "Count from the year that is named.",
    }
    assert len(engine.asked("optimizer")) == 2


def test_code_is_improved(load_example: Load, make_engine: Make) -> None:
    engine = make_engine("", "def has_pair(numbers, total):\n    return False")
    code = load_example("code_critique").improve(engine, steps=1)
    assert code == "def has_pair(numbers, total):\n    return False\n"


def test_what_is_no_python_is_not_adopted(load_example: Load, make_engine: Make) -> None:
    example = load_example("code_critique")
    assert example.improve(make_engine("", "def has_pair(numbers"), steps=1) == example.CODE


def test_items_can_be_counted(load_example: Load) -> None:
    items = load_example("object_counting/items")
    random_source = random.Random(0)
    for _ in range(100):
        item = items.make_item(random_source)
        [kind] = re.findall(r"How many (.*) do I have\?$", item["input"])
        total = 0
        for word, thing in re.findall(r"(a|an|one|two|three|four|five) ([a-z ]+?)(?:,|\.)", item["input"]):
            is_asked = any(thing.startswith(name.removesuffix("y")) for name in items.KINDS[kind])
            total += is_asked * max(1, items.NUMBERS.index(word) if word in items.NUMBERS else 1)
        assert item["target"] == str(total)


def test_the_same_seed_makes_the_same_items(load_example: Load) -> None:
    items = load_example("object_counting/items")
    assert items.make_item(random.Random(3)) == items.make_item(random.Random(3))
