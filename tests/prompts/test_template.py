"""Placeholders are filled, literal braces stay, and nothing is evaluated."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from textgrad_lite.errors import PlaceholderError
from textgrad_lite.prompts import PromptTemplate, escape

_BRACED = st.text("{}ax_ 1\n")


@pytest.mark.parametrize(
    "text, placeholders, formatted",
    [
        ("Translate {text}.", ("text",), "Translate T."),
        ("{b} {a} {b}", ("b", "a"), "B A B"),
        ("{{text}} and {text}", ("text",), "{text} and T"),
        ("{{{text}}}", ("text",), "{T}"),
        ('Reply as {"n": {text} }', ("text",), 'Reply as {"n": T }'),
        ("{} {0} {a b} {a.b} {a!r} {a:>3} {-a} { a }", (), "{} {0} {a b} {a.b} {a!r} {a:>3} {-a} { a }"),
        ("{größe}", ("größe",), "G"),
        ("a\r\n{text}\n", ("text",), "a\r\nT\n"),
        ("", (), ""),
    ],
)
def test_a_prompt_is_read_and_filled(text: str, placeholders: tuple[str, ...], formatted: str) -> None:
    template = PromptTemplate.parse(text)

    assert template.placeholders == placeholders
    assert template.format({"text": "T", "a": "A", "b": "B", "größe": "G", "unused": "U"}) == formatted


def test_every_missing_placeholder_is_named() -> None:
    template = PromptTemplate.parse("{a} {b} {c}" + "x" * 100)

    with pytest.raises(PlaceholderError, match=r"\{a\}, \{c\}.*x…") as caught:
        template.format({"b": "B"})
    assert "Given: {b}" in caught.value.hint
    with pytest.raises(PlaceholderError, match="Given: nothing"):
        template.format({})


def test_values_that_are_not_text_keep_their_place() -> None:
    picture = object()

    assert PromptTemplate.parse("See {picture}: {{what}}?").fill({"picture": picture}) == [
        "See ",
        picture,
        ": ",
        "{",
        "what",
        "}",
        "?",
    ]


@given(st.text() | _BRACED)
def test_an_escaped_text_formats_to_itself(text: str) -> None:
    template = PromptTemplate.parse(escape(text))

    assert template.placeholders == ()
    assert template.format({}) == text


@given(_BRACED, _BRACED, st.text() | _BRACED)
def test_a_value_is_inserted_as_it_is_between_any_escaped_texts(before: str, after: str, value: str) -> None:
    template = PromptTemplate.parse(escape(before) + "{value}" + escape(after))

    assert template.placeholders == ("value",)
    assert template.format({"value": value}) == before + value + after


@given(st.text() | _BRACED)
def test_any_text_is_a_prompt_and_is_kept_as_written(text: str) -> None:
    template = PromptTemplate.parse(text)

    assert template.text == text
    assume("{{" not in text and "}}" not in text)
    assert template.format({name: f"{{{name}}}" for name in template.placeholders}) == text
