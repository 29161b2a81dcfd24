"""A rewrite keeps line endings and final newlines."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.optimizers.text_form import in_form_of


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ("a", "b\n", "b"),
        ("a\n", "b", "b\n"),
        ("a\n\n", "b", "b\n\n"),
        ("a\r\nb\r\n", "x\ny\n", "x\r\ny\r\n"),
        ("a\r\nb\nc\r\n", "x\r\ny\n", "x\r\ny\r\n"),
        ("a\nb", "x\r\ny", "x\ny"),
        ("a", "\n\n  indented  \n", "  indented"),
        ("code", "```python\nx = 1\n```", "x = 1"),
        ("```\ncode\n```", "```\nx = 1\n```", "```\nx = 1\n```"),
    ],
)
def test_the_old_form_is_kept(old: str, new: str, expected: str) -> None:
    assert in_form_of(old, new) == expected


@given(st.text("ab \n\r"), st.text("xy \n\r"))
def test_it_changes_nothing_the_second_time(old: str, new: str) -> None:
    once = in_form_of(old, new)

    assert in_form_of(old, once) == once


@given(st.text("ab\n"), st.text("xy \n\r"))
def test_a_text_with_line_feeds_gets_no_other_line_endings(old: str, new: str) -> None:
    assert "\r" not in in_form_of(old, new)


@given(st.text("ab \r\n"), st.text("xy\n\r"))
def test_the_end_is_the_old_one(old: str, new: str) -> None:
    newlines = re.compile(r"[\r\n]*\Z")

    assert newlines.findall(in_form_of(old, new))[0] == newlines.findall(old)[0] or not new.strip()
