"""Anthropic's messages: what is written and read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.engines.providers.messages import (
    SHORTEST_CACHED_PREFIX,
    make_messages_wire,
    read_messages,
    write_messages,
)
from textgrad_lite.engines.types import ImagePart, Message, Request, Usage

LONG = "x" * SHORTEST_CACHED_PREFIX
WIRE = make_messages_wire(prompt_caching=True, default_max_tokens=77)


def test_every_parameter_has_its_place() -> None:
    request = Request(
        messages=(
            Message.of("system", "be kind"),
            Message.of("user", "see", ImagePart(data=b"123", media_type="image/png")),
            Message.of("assistant", "seen"),
            Message.of("system", "be brief"),
        ),
        temperature=0.5,
        top_p=0.9,
        max_tokens=9,
        stop=("END",),
        reasoning_effort="low",
        extra={"thinking": {"type": "adaptive"}},
        output_schema={
            "type": "object",
            "properties": {"n": {"type": "integer", "minimum": 1}},
            "required": ["n"],
        },
    )

    body = WIRE.write(request, "max_tokens")

    schema = body["output_config"]["format"].pop("schema")
    assert schema["additionalProperties"] is False
    assert "minimum" not in schema["properties"]["n"]
    assert body == {
        "system": "be kind\n\nbe brief",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "see"},
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": "MTIz"},
                    },
                ],
            },
            {"role": "assistant", "content": "seen"},
        ],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 9,
        "stop_sequences": ["END"],
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "low", "format": {"type": "json_schema"}},
    }


def test_request_without_a_limit_gets_the_default() -> None:
    body = WIRE.write(Request(messages=(Message.of("user", "hi"),)), "max_tokens")

    assert body == {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 77}


@pytest.mark.parametrize(
    "prompt_caching, text, is_marked", [(True, LONG, True), (True, "x", False), (False, LONG, False)]
)
def test_long_system_prompt_is_marked_for_the_cache(prompt_caching: bool, text: str, is_marked: bool) -> None:
    request = Request(messages=(Message.of("system", text), Message.of("user", "hi")))

    system = write_messages(request, prompt_caching=prompt_caching)["system"]

    marked = [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]
    assert system == (marked if is_marked else text)


MARK = {"cache_control": {"type": "ephemeral"}}
IMAGE = ImagePart(data=b"123", media_type="image/png")


def _content(*parts: str | ImagePart, shared: int, system: str = "", prompt_caching: bool = True) -> Any:
    messages = (Message.of("system", system), Message.of("user", *parts, shared_prefix=shared))
    body = write_messages(Request(messages=messages), prompt_caching=prompt_caching)
    return body["messages"][0]["content"]


def test_the_prefix_that_requests_share_is_marked_for_the_cache() -> None:
    marked = {"type": "text", "text": LONG, **MARK}
    assert _content(f"{LONG}and this", shared=len(LONG)) == [marked, {"type": "text", "text": "and this"}]


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_message_that_is_shared_whole_is_not_divided(ending: str) -> None:
    assert _content(LONG + ending, shared=len(LONG)) == [{"type": "text", "text": LONG + ending, **MARK}]


def test_a_shared_prefix_counts_with_the_system_prompt_before_it() -> None:
    first, second = LONG[:3000], LONG[3000:]
    assert _content(f"{second}!", shared=len(second), system=first)[0] == {
        "type": "text",
        "text": second,
        **MARK,
    }


@pytest.mark.parametrize(
    "parts, shared, prompt_caching",
    [
        ((f"{LONG}!",), 0, True),
        ((f"{LONG}!",), len(LONG) - 1, True),
        ((f"{LONG}!",), len(LONG), False),
        (("\n" * len(LONG) + "!",), len(LONG), True),
    ],
    ids=["not shared", "short", "not wanted", "blank"],
)
def test_nothing_is_marked_that_cannot_pay(parts: tuple[str, ...], shared: int, prompt_caching: bool) -> None:
    assert _content(*parts, shared=shared, prompt_caching=prompt_caching) == parts[0]


def test_a_shared_prefix_before_an_image_is_marked() -> None:
    content = _content(f"{LONG}see:", IMAGE, "?", shared=len(LONG))
    assert [("cache_control" in block, block["type"]) for block in content] == [
        (True, "text"), (False, "text"), (False, "image"), (False, "text"),
    ]  # fmt: skip


def test_a_message_that_begins_with_an_image_is_not_marked() -> None:
    assert not any("cache_control" in block for block in _content(IMAGE, LONG, shared=len(LONG)))


@given(
    system=st.sampled_from(["", "x", LONG]),
    turns=st.lists(st.tuples(st.sampled_from(["hi", LONG, f"{LONG}!"]), st.integers(0, 5000)), max_size=9),
)
def test_a_request_has_at_most_four_marks(system: str, turns: list[tuple[str, int]]) -> None:
    users = (Message.of("user", text, shared_prefix=shared) for text, shared in turns)
    body = write_messages(Request(messages=(Message.of("system", system), *users)), prompt_caching=True)
    assert json.dumps(body).count("cache_control") <= 4


@pytest.mark.parametrize(
    "reason, finish",
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "refusal"),
        ("tool_use", "other"),
    ],
)
def test_reason_of_the_end(reason: str, finish: str) -> None:
    assert read_messages({"content": [], "stop_reason": reason}, None).finish_reason == finish


def test_thinking_is_left_out_and_all_input_counted() -> None:
    body: dict[str, Any] = {
        "content": [
            {"type": "thinking", "thinking": "hm"},
            {"type": "text", "text": "a"},
            {"type": "text", "text": "b"},
        ],
        "stop_reason": "end_turn",
        "model": "claude-x",
        "usage": {
            "input_tokens": 3,
            "cache_read_input_tokens": 10,
            "cache_creation_input_tokens": 20,
            "output_tokens": 8,
            "output_tokens_details": {"thinking_tokens": 6},
        },
    }

    completion = read_messages(body, "req")

    assert (completion.text, completion.model, completion.request_id) == ("ab", "claude-x", "req")
    assert completion.usage == Usage(
        input_tokens=33, output_tokens=8, reasoning_tokens=6, cached_input_tokens=10, cache_write_tokens=20
    )
