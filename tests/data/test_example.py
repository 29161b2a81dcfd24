"""Tests of textgrad_lite.data.example."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from textgrad_lite.data import Example


def test_placeholders_are_the_input_and_all_fields_but_never_the_target() -> None:
    example = Example(id="1", input="2 + 2", target="4", fields={"unit": "apples"})
    assert example.placeholders == {"input": "2 + 2", "unit": "apples"}


def test_an_example_cannot_be_changed() -> None:
    example = Example(id="1", input="a")
    with pytest.raises(ValidationError):
        example.input = "b"  # type: ignore[misc]


def test_key_ignores_how_blank_space_and_accents_are_written() -> None:
    composed = Example(id="1", input="caf\N{LATIN SMALL LETTER E WITH ACUTE}  bar\n")
    decomposed = Example(id="2", input="cafe\N{COMBINING ACUTE ACCENT} bar")
    assert composed.key() == decomposed.key()


def test_key_tells_case_and_named_fields_apart() -> None:
    lower = Example(id="1", input="a", fields={"unit": "x"})
    assert lower.key() != Example(id="2", input="A").key()
    assert lower.key(("input", "unit")) != Example(id="3", input="a", fields={"unit": "y"}).key(
        ("input", "unit")
    )
