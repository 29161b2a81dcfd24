"""The responses API: what is written and read."""

from __future__ import annotations

from typing import Any

import pytest

from textgrad_lite.engines.providers.responses import read_responses, write_responses
from textgrad_lite.engines.types import ImagePart, Message, Request, Usage

MESSAGE = {
    "type": "message",
    "content": [{"type": "output_text", "text": "a"}, {"type": "output_text", "text": "b"}],
}


def test_every_parameter_has_its_place_and_nothing_is_stored() -> None:
    request = Request(
        messages=(
            Message.of("user", "see", ImagePart(url="https://example.org/x.png")),
            Message.of("assistant", "seen"),
        ),
        temperature=1.0,
        top_p=0.5,
        max_tokens=9,
        reasoning_effort="high",
        extra={"verbosity": "low"},
        output_schema={"type": "object"},
    )

    assert write_responses(request, "max_output_tokens") == {
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "see"},
                    {"type": "input_image", "image_url": "https://example.org/x.png", "detail": "auto"},
                ],
            },
            {"role": "assistant", "content": [{"type": "output_text", "text": "seen"}]},
        ],
        "store": False,
        "temperature": 1.0,
        "top_p": 0.5,
        "max_output_tokens": 9,
        "reasoning": {"effort": "high"},
        "verbosity": "low",
        "text": {
            "format": {"type": "json_schema", "name": "answer", "strict": False, "schema": {"type": "object"}}
        },
    }


@pytest.mark.parametrize(
    "status, reason, finish",
    [
        ("completed", None, "stop"),
        ("incomplete", "max_output_tokens", "length"),
        ("incomplete", "content_filter", "filter"),
        ("cancelled", None, "other"),
    ],
)
def test_reason_of_the_end(status: str, reason: str | None, finish: str) -> None:
    body = {"status": status, "incomplete_details": reason and {"reason": reason}, "output": [MESSAGE]}

    completion = read_responses(body, None)

    assert (completion.text, completion.finish_reason) == ("ab", finish)


def test_reasoning_is_left_out_and_a_refusal_is_no_answer() -> None:
    refusal = {"type": "message", "content": [{"type": "refusal", "refusal": "no"}]}
    body: dict[str, Any] = {
        "status": "completed",
        "output": [{"type": "reasoning", "summary": ["hm"]}, refusal],
    }

    completion = read_responses(body, None)

    assert (completion.text, completion.finish_reason, completion.usage) == ("no", "refusal", Usage())


def test_answer_without_a_message_is_empty() -> None:
    body = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": []}

    assert read_responses(body, None).text == ""
