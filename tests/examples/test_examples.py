"""The examples run, and do what their first lines say."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from textgrad_lite.testing.scripted import ScriptedEngine

Load = Callable[[str], ModuleType]
Make = Callable[[str, str], ScriptedEngine]


def test_an_answer_is_refined(load_example: Load, make_engine: Make) -> None:
    engine = make_engine("72 minutes", "1 hour: shirts dry side by side")
    assert load_example("refine_answer").refine(engine) == ["72 minutes", "1 hour: shirts dry side by side"]


def test_the_versions_of_an_answer_are_put_to_the_vote(load_example: Load, make_engine: Make) -> None:
    engine = make_engine("It takes longer.\nAnswer: 72", "They dry side by side.\nAnswer: 60")
    found = load_example("refine_answer").refine_and_vote(engine, iterations=2)
    assert found.answers == ("72", "60", "60")
    assert (found.vote.answer, found.vote.n) == ("60", 3)


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
