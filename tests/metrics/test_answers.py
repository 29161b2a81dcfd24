"""Tests of textgrad_lite.metrics.answers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.metrics.answers import (
    final_answer,
    final_number,
    find_numbers,
    normalized,
    show_number,
    strip_wrapping,
)


@pytest.mark.parametrize(
    "reply, expected",
    [
        ("Answer: 8", "8"),
        ("-5", "-5"),
        ("3.9", "3.9"),
        ("I see 3 and 4. Answer: -5", "-5"),
        ("Answer: 1 then Answer: 2, not 3", "2"),
        ("**Answer:** $1,234.50.", "1234.5"),
        ("**Answer**: 7", "7"),
        ("__Answer__: 7, not 8", "7"),
        ("_Answer:_ 7, not 8", "7"),
        ("2 unanswered: 7, not 8", "8"),
        ("final ANSWER:\n8", "8"),
        ("the answer：9", "9"),
        ("Answer: eight", None),
        ("7\nAnswer: eight", None),
        ("no number", None),
        ("", None),
        ("Answers: 3, in all 4", "4"),
        ("1 + 2 = 3", "3"),
        ("10-5", "5"),
        ("- 5 apples", "5"),
        ("x = -5", "-5"),
        ("x=+5", "5"),
        ("(3)-4", "4"),
        ("-$5", "-5"),
        ("£1,000,000", "1000000"),
        ("−7", "-7"),
        ("1,2", "2"),
        ("1,234,56", "56"),
        ("1234,567", "567"),
        (".5", "0.5"),
        ("0.50", "0.5"),
        ("\\boxed{8}", "8"),
        ("5e3", "5000"),
        ("2E-1", "0.2"),
        ("5 eggs", "5"),
        ("8kg", "8"),
        ("3/4", "4"),
        ("H2O and v2.0 of x_3", None),
        ("8.", "8"),
        ("5 %", "5"),
        ("1.2.3", "1.2"),
    ],
)
def test_final_number(reply: str, expected: str | None) -> None:
    number = final_number(reply)
    assert (None if number is None else show_number(number)) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_any_decimal_is_read_back_with_or_without_thousands(value: Decimal) -> None:
    for text in (f"{value}", f"{value:,}", f"Answer: {value:,} pieces", f"so it is {value:,}."):
        assert final_number(text) == value


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    numbers = find_numbers(text)
    assert all(number.is_finite() for number in numbers)


@pytest.mark.parametrize(
    "reply, expected",
    [
        ("yes", "yes"),
        ("First this.\nThen that.\n\n", "Then that"),
        ("Reasons.\nAnswer: **Paris**.", "Paris"),
        ("Answer:\n\n`a b`\nmore", "a b"),
        ("Answer: 'it.'", "it"),
        ("The answer is: no mark here\nyes", "yes"),
        ("", ""),
        ("Answer:", ""),
        ("**", ""),
        ("...", ".."),
        (".", "."),
    ],
)
def test_final_answer_of_one_line(reply: str, expected: str) -> None:
    assert final_answer(reply) == expected


def test_final_answer_of_several_lines() -> None:
    assert final_answer("because\nAnswer:\na\nb\n", is_one_line=False) == "a\nb"
    assert final_answer("a\nb\n", is_one_line=False) == "a\nb"


@given(st.text())
def test_unwrapping_twice_changes_nothing_more_than_one_stop(text: str) -> None:
    once = strip_wrapping(text)
    assert once in text
    assert strip_wrapping(once) in once


def test_normalized_evens_out_space_case_and_form() -> None:
    assert normalized(" A\n\tcafe\N{COMBINING ACUTE ACCENT} ") == "a café"


def test_numbers_are_shown_as_people_write_them() -> None:
    assert [show_number(Decimal(text)) for text in ("8", "3.90", "5e3", "1e60")] == [
        "8",
        "3.9",
        "5000",
        "1E+60",
    ]


def test_many_digits_are_kept_below_zero_too() -> None:
    digits = "1234567890123456789012345678901234567890"
    assert find_numbers(f"-{digits}") == [Decimal(f"-{digits}")]
