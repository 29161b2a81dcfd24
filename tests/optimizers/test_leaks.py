"""The leak guard: no item, no held-out text and no talk of ours in a rewrite; general rules pass."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.optimizers.leaks import OUR_WORDS, LeakGuard
from textgrad_lite.prompts import WorkedExample, rewrite

TRAINING = [
    "I have a bear, two frogs, and a hen. How many animals do I have?\n4",
    "I have three plums, and a fig. How many fruits do I have?\n4",
    "I have a yam, a leek, and five onions. How many vegetables do I have?\n7",
]
HELD_OUT = ["I have a harp, four drums, and a secret flute. How many instruments do I have?\n6"]
START = "Answer with a number only."


@pytest.fixture
def guard() -> LeakGuard:
    return LeakGuard(TRAINING, HELD_OUT)


@pytest.mark.parametrize(
    "leak",
    [
        "How many vegetables do you have?",
        "How many fruits are there?",
        "Example: a bear, two frogs, and a hen are 4.",
        "If I have a yam, a leek and five onions, say 7.",
    ],
)
def test_a_training_item_in_a_rewrite_is_named(guard: LeakGuard, leak: str) -> None:
    violation = guard.check(START, f"{START} {leak}")

    assert violation is not None
    assert violation.startswith('The text repeats an example: "')


def test_held_out_text_is_refused_and_never_quoted(guard: LeakGuard) -> None:
    violation = guard.check(START, f"{START} Say 6 for a harp, four drums, and a secret flute.")

    assert violation == "The text repeats an example. Write general rules that hold for every input instead."


@pytest.mark.parametrize(
    "new",
    [
        "Work through the input step by step. Write the last line as Answer: and the number.",
        "List every item with its count, then add the counts up. Answer with a number only.",
        "Count what the question asks for and nothing else.",
    ],
)
def test_general_rules_pass(guard: LeakGuard, new: str) -> None:
    assert guard.check(START, new) is None


def test_what_the_text_said_before_may_stay(guard: LeakGuard) -> None:
    old = "Example: How many fruits do I have? Take the feedback into account."

    assert guard.check(old, f"{old} Be brief.") is None


@pytest.mark.parametrize("word", sorted(OUR_WORDS))
def test_talk_about_the_talk_is_refused(guard: LeakGuard, word: str) -> None:
    assert f'must not speak of "{word}"' in str(guard.check(START, f"Heed the {word.title()}: be brief."))


def test_our_words_are_fine_where_the_task_uses_them() -> None:
    guard = LeakGuard(["Customer feedback: too slow"])

    assert guard.check(START, "Say whether the feedback is kind.") is None


@pytest.mark.parametrize(
    "new",
    [
        "Sure! Answer with a number.",
        "Here is it: answer.",
        "The improved prompt: answer.",
        "Revised instruction. Go.",
    ],
)
def test_talk_about_the_rewrite_is_refused(guard: LeakGuard, new: str) -> None:
    assert str(guard.check(START, new)).startswith("Write the text itself")


def test_words_about_a_rewrite_may_stay() -> None:
    assert LeakGuard().check("Judge the revised version.", "Judge the revised version well.") is None


def test_our_tags_are_refused_and_others_are_not(guard: LeakGuard) -> None:
    assert guard.check(START, "<current_text>Count.</current_text>") == (
        "The text must not contain the tag <current_text>."
    )
    assert guard.check(START, "Put it into <answer></answer>.") is None


def test_our_instructions_are_refused(guard: LeakGuard) -> None:
    for instructions in rewrite.own_instructions():
        line = max(instructions.splitlines(), key=len)
        assert guard.check(START, f"Count. {line}") is not None


def test_other_instructions_can_be_named() -> None:
    guard = LeakGuard(own_instructions=["Only ever write in the manner of an old sea captain"])

    assert "repeats these instructions" in str(
        guard.check(START, "Write in the manner of an old sea captain.")
    )


def test_it_tells_its_rule_beforehand(guard: LeakGuard) -> None:
    assert "general rules only" in guard.describe(START)


class TestWorkedExamples:
    def test_training_items_pass(self, guard: LeakGuard) -> None:
        example = WorkedExample("t0", "I have a bear, two frogs, and a hen. How many animals do I have?", "4")

        assert guard.check_example(example) is None

    def test_a_held_out_item_is_refused(self) -> None:
        guard = LeakGuard(held_out_texts=["Spell  CAT"])

        assert guard.check_example(WorkedExample("v7", "spell cat.", "c a t")) == (
            "the worked example v7 is a held-out example"
        )

    def test_an_answer_with_held_out_text_is_refused(self, guard: LeakGuard) -> None:
        example = WorkedExample("t1", "I have a hat.", "I have a harp, four drums, and a secret flute.")

        assert (
            guard.check_example(example) == "the answer of the worked example t1 repeats a held-out example"
        )


@given(st.sampled_from(TRAINING + HELD_OUT), st.text(max_size=40), st.text(max_size=40))
def test_no_whole_item_ever_gets_through(item: str, before: str, after: str) -> None:
    assert LeakGuard(TRAINING, HELD_OUT).check(START, f"{before}\n{item}\n{after}") is not None


def test_hundreds_of_examples_take_little_time() -> None:
    items = [
        f"Item {i} has {i * 7} parts, of which {i * 3} are red. How many parts are blue in {i}?"
        for i in range(800)
    ]
    new = " ".join(f"Rule {i}: take each part of the item and look at it with care." for i in range(20))

    start = time.process_time()
    guard = LeakGuard(items[:400], items[400:])
    guard.check(START, new)

    assert time.process_time() - start < 2
