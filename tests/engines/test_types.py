"""Requests and completions: checked, frozen, written as JSON and read back, and free of image bytes."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from textgrad_lite.engines.types import Completion, ImagePart, Message, Request, TextPart, Usage

IMAGE = ImagePart(data=b"\x89PNG secret bytes", media_type="image/png")


def test_a_message_keeps_texts_and_images_in_order() -> None:
    message = Message.of("user", "look", IMAGE, TextPart(text="what is it?"))
    assert [part.kind for part in message.parts] == ["text", "image", "text"]
    assert message.text == "look\nwhat is it?"


def test_a_request_survives_json() -> None:
    request = Request(
        messages=(Message.of("system", "be brief"), Message.of("user", "look", IMAGE)),
        temperature=0.5,
        stop=("END",),
        extra={"top_k": 3},
        output_schema={"type": "object"},
        sample=(2, 1),
        purpose="judge",
    )
    assert Request.model_validate_json(request.model_dump_json()) == request


def test_a_completion_survives_json() -> None:
    completion = Completion(text="ö\n", finish_reason="length", usage=Usage(input_tokens=3, cost_usd=0.1))
    assert Completion.model_validate_json(completion.model_dump_json()) == completion


@pytest.mark.parametrize(
    "text, kept", [("cut \ud83d", "cut \ufffd"), ("\ud83d\ude00", "\N{GRINNING FACE}"), ("ö€😀", "ö€😀")]
)
def test_half_characters_are_replaced_so_that_any_text_can_be_written(text: str, kept: str) -> None:
    completion, request = Completion(text=text), Request(messages=(Message.of("user", text),))
    assert completion.text == request.messages[0].text == kept
    assert Completion.model_validate_json(completion.model_dump_json()) == completion
    assert Request.model_validate_json(request.model_dump_json()) == request


def test_a_redacted_request_holds_a_digest_in_place_of_image_bytes() -> None:
    request = Request(messages=(Message.of("user", "look", IMAGE),))
    redacted = str(request.redacted())
    assert IMAGE.digest is not None
    assert IMAGE.digest in redacted
    assert "secret" not in redacted
    assert "c2VjcmV0" not in redacted


def test_the_repr_of_an_image_holds_no_bytes() -> None:
    assert "secret" not in repr(Message.of("user", IMAGE))


def test_an_error_in_an_image_shows_no_bytes() -> None:
    with pytest.raises(ValueError, match="media_type") as caught:
        ImagePart.model_validate({"data": b"secret bytes"})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"data": b"x", "media_type": "image/png", "url": "https://x.test/a.png"},
        {"url": "data:image/png;base64,eA=="},
        {"data": b"x"},
    ],
)
def test_an_image_has_exactly_one_source_with_its_type(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ImagePart.model_validate(fields)


def test_an_image_by_address_has_no_digest() -> None:
    assert ImagePart(url="https://x.test/a.png").digest is None


@pytest.mark.parametrize(
    "parameters",
    [{"max_tokens": 0}, {"temperature": float("nan")}, {"temprature": 1.0}, {"sample": (-1, 0)}],
)
def test_a_senseless_parameter_is_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Request.model_validate({"messages": [], **parameters})


def test_the_next_attempt_differs_in_nothing_but_its_number() -> None:
    request = Request(messages=(), sample=(3, 0), temperature=0.1)
    assert request.with_attempt(2) == Request(messages=(), sample=(3, 2), temperature=0.1)
