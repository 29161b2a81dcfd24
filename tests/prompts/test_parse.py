"""What was asked for is found in a reply, whatever stands around it; what was cut off is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.errors import ParseError
from textgrad_lite.prompts.parse import (
    extract_between,
    extract_json,
    extract_tag,
    is_whole,
    strip_fences,
    strip_thoughts,
)


@pytest.mark.parametrize(
    "reply, inside",
    [
        ("<new>a</new>", "a"),
        ("<new>\n a\nb \n</new>", "a\nb"),
        ("Sure! Here it is:\n\n<new>a</new>\n\nDoes that help?", "a"),
        ("```xml\n<new>\na\n</new>\n```", "a"),
        ("**<new>**a</new>", "**a"),
        ("<NEW >a</ New>", "a"),
        ('<new lang="en">a</new>', "a"),
        ("<new>if a < b && b > c: <br> &amp; </p></new>", "if a < b && b > c: <br> &amp; </p>"),
        ("<think>maybe <new>draft</new></think>\n<new>a</new>", "a"),
        ("I write it in <new> tags:\n<new>a</new>", "a"),
        ("It goes between <new> and </new>:\n<new>a</new>", "a"),
        ("<new>a</new>\nI put it between <new> and </new>.", "a"),
        ("<new>first</new>\n<new>second</new>", "second"),
        ("<new>first</new>\n<new></new>", "first"),
        ("<new>Write <new>x</new> around it</new>", "Write <new>x</new> around it"),
        ("<new>Write it in <new> tags.</new>", "Write it in <new> tags."),
        ("The answer is <new>a</new>.", "a"),
    ],
)
def test_the_inside_of_a_tag_is_found(reply: str, inside: str) -> None:
    assert extract_tag(reply, "new") == inside


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "  ",
        "a",
        "<new></new>",
        "<new> \n </new>",
        "I would use <new> here",
        "a</new>",
        "<newer>a</newer>",
    ],
)
def test_a_reply_without_the_tag_gives_nothing(reply: str) -> None:
    assert extract_tag(reply, "new") is None


def test_a_missing_closing_tag_is_forgiven_only_where_the_reply_ended_by_itself() -> None:
    assert extract_tag("Here:\n<new>a\nb", "new") == "a\nb"
    assert extract_tag("Here:\n<new>a\nb", "new", finish_reason="other") is None


@pytest.mark.parametrize("finish_reason", ["length", "refusal", "filter"])
def test_a_reply_that_did_not_end_by_itself_is_not_adopted(finish_reason: str) -> None:
    assert extract_tag("<new>a</new>", "new", finish_reason=finish_reason) is None
    assert not is_whole("a", finish_reason)


def test_marks_of_any_form_can_be_used() -> None:
    assert extract_between("Well, [[a (b) ]] it is", "[[", "]]") == "a (b)"
    assert extract_between("### a ###", "###", "###") == "a"
    assert extract_between("[[a", "[[", "]]", finish_reason="length") is None


@given(st.text(), st.text("ab \n"), st.text("ab \n"))
def test_any_text_without_the_tag_comes_back_from_between_tags(inside: str, before: str, after: str) -> None:
    reply = f"{before}\n<new>{inside}</new>\n{after}"

    assert extract_tag(reply, "new") == (inside.strip() or None)


@given(st.text("<new>/ \n`a", max_size=60))
def test_no_reply_breaks_the_reading(reply: str) -> None:
    inside = extract_tag(reply, "new")

    assert inside is None or (inside and inside in reply)


def test_a_fence_is_stripped_only_where_it_holds_everything() -> None:
    assert strip_fences("```python\nx = 1\n```") == "x = 1"
    assert strip_fences("\n~~~\nx = 1\n~~~\n") == "x = 1"
    assert strip_fences("````\n```\nx\n```\n````") == "```\nx\n```"
    assert strip_fences("```\n```") == ""
    for text in ("Code:\n```\nx = 1\n```", "```\na\n```\nand\n```\nb\n```", "x = 1\n", "```\nx = 1"):
        assert strip_fences(text) == text


def test_thoughts_are_dropped_only_at_the_start() -> None:
    assert strip_thoughts("<think>\nhm\n</think>\n\nYes") == "Yes"
    assert strip_thoughts("Use <think>…</think> tags") == "Use <think>…</think> tags"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    st.lists(_JSON) | st.dictionaries(st.text(), _JSON),
    st.sampled_from(["{0}", "```json\n{0}\n```", "So: {0}."]),
)
def test_json_comes_back_out_of_fences_and_prose(value: object, wrapping: str) -> None:
    assert extract_json(wrapping.replace("{0}", json.dumps(value))) == value


def test_the_longest_json_value_counts() -> None:
    assert extract_json('As [1] says {a}: {"a": [2, 3]} and {}') == {"a": [2, 3]}


@pytest.mark.parametrize("reply", ["", "no", '{"a": ', "{'a': 1}", "[" * 100_000])
def test_a_reply_without_json_says_what_is_wrong(reply: str) -> None:
    with pytest.raises(ParseError, match="no complete JSON"):
        extract_json(reply)
