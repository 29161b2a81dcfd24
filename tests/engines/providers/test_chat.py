"""Chat completions: what is written, and what is read from answers that are not quite OpenAI's."""

from __future__ import annotations

from typing import Any

import pytest

from textgrad_lite.engines.providers.chat import read_chat, write_chat
from textgrad_lite.engines.types import ImagePart, Message, Request, Usage

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"answer": {"type": "integer", "default": 3}}}


def make_answer(**message: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": "hi"} | message, "finish_reason": "stop"}]}


def test_request_has_nothing_that_was_not_asked_for() -> None:
    request = Request(messages=(Message.of("system", "be kind"), Message.of("user", "one", "two")))

    assert write_chat(request, "max_tokens") == {
        "messages": [
            {"role": "system", "content": "be kind"},
            {"role": "user", "content": "one\ntwo"},
        ]
    }


def test_every_parameter_has_its_place() -> None:
    request = Request(
        messages=(Message.of("user", "hi"),),
        temperature=0.0,
        top_p=0.9,
        max_tokens=100,
        stop=("END",),
        seed=7,
        reasoning_effort="low",
        extra={"service_tier": "flex"},
        output_schema=SCHEMA,
        output_name="count",
    )

    assert write_chat(request, "max_completion_tokens") == {
        "messages": [{"role": "user", "content": "hi"}],
        "temperature": 0.0,
        "top_p": 0.9,
        "max_completion_tokens": 100,
        "stop": ["END"],
        "seed": 7,
        "reasoning_effort": "low",
        "service_tier": "flex",
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "count",
                "strict": True,
                "schema": {
                    "type": "object",
                    "properties": {"answer": {"type": "integer"}},
                    "required": ["answer"],
                    "additionalProperties": False,
                },
            },
        },
    }


def test_image_is_a_part() -> None:
    image = ImagePart(data=b"123", media_type="image/jpeg")

    assert write_chat(Request(messages=(Message.of("user", "see", image),)), "max_tokens") == {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "see"},
                    {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,MTIz"}},
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    "content, text",
    [
        ("hi", "hi"),
        (None, ""),
        ([{"type": "text", "text": "h"}, {"type": "thinking"}, {"type": "text", "text": "i"}], "hi"),
    ],
)
def test_content_has_several_forms(content: object, text: str) -> None:
    assert read_chat(make_answer(content=content), None).text == text


@pytest.mark.parametrize(
    "reason, finish",
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "filter"),
        ("tool_calls", "other"),
        (None, "other"),
    ],
)
def test_reason_of_the_end(reason: str | None, finish: str) -> None:
    answer = make_answer()
    answer["choices"][0]["finish_reason"] = reason

    assert read_chat(answer, None).finish_reason == finish


def test_refusal_is_no_answer() -> None:
    completion = read_chat(make_answer(content=None, refusal="I must not."), "req")

    assert (completion.text, completion.finish_reason, completion.request_id) == (
        "I must not.",
        "refusal",
        "req",
    )


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None, "completion_tokens": None}])
def test_server_that_counts_nothing(usage: object) -> None:
    assert read_chat(make_answer() | {"usage": usage}, None).usage == Usage()


def test_tokens_of_the_prompt_cache() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}
    written = usage | {"prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 5}}

    assert read_chat(make_answer() | {"usage": usage}, None).usage.cached_input_tokens == 4
    assert read_chat(make_answer() | {"usage": written}, None).usage == Usage(
        input_tokens=9, output_tokens=2, cached_input_tokens=3, cache_write_tokens=5
    )
