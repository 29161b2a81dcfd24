"""Tests of textgrad_lite.tasks.choices: an order of choices for each item."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.metrics.choice import find_options
from textgrad_lite.tasks import ChoiceQuestion


def ask(number: int) -> ChoiceQuestion:
    return ChoiceQuestion(f"Question {number}?", ["right", "wrong", "worse", "worst"], right=0)


def test_the_right_answer_stands_at_every_place_equally_often() -> None:
    n = 2000
    places = Counter(ask(number).letter(seed=0)[1] for number in range(n))
    assert set(places) == {"(A)", "(B)", "(C)", "(D)"}
    chi_square = sum((count - n / 4) ** 2 / (n / 4) for count in places.values())
    assert chi_square < 11.34  # 3 degrees of freedom, p = 0.01


def test_orders_are_all_used_and_differ_from_item_to_item() -> None:
    orders = Counter(tuple(find_options(ask(number).letter(seed=0)[0]).values()) for number in range(2000))
    assert len(orders) == 24
    assert max(orders.values()) < 150


def test_the_seed_decides_the_order() -> None:
    first, again, other = ([ask(n).letter(seed)[1] for n in range(50)] for seed in (0, 0, 1))
    assert first == again != other


@given(
    choices=st.lists(st.text(alphabet="abc1", min_size=1), min_size=2, max_size=8, unique=True),
    seed=st.integers(),
    data=st.data(),
)
def test_the_letter_is_that_of_the_right_choice(choices: list[str], seed: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, len(choices) - 1))
    asked, letter = ChoiceQuestion("Which?", choices, right).letter(seed)
    assert find_options(asked)[letter.strip("()")] == choices[right]
    assert sorted(find_options(asked).values()) == sorted(choices)


@pytest.mark.parametrize("text", [" Q? \n", "Q?"])
def test_a_question_is_asked_in_one_form(text: str) -> None:
    asked, _ = ChoiceQuestion(text, [" x ", "x2"], 0).letter(0)
    assert asked.startswith("Q?\nOptions:\n(A) ")
