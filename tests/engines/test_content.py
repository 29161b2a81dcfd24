"""What a person writes becomes a request."""

from __future__ import annotations

from typing import Any

import pytest

from textgrad_lite.engines.content import make_request, media_type_of
from textgrad_lite.engines.types import ImagePart, TextPart
from textgrad_lite.errors import ConfigurationError

PNG = b"\x89PNG\r\n\x1a\n..."


def test_a_text_is_one_user_message() -> None:
    request = make_request("hello", temperature=0.2)
    assert [(message.role, message.text) for message in request.messages] == [("user", "hello")]
    assert request.temperature == 0.2


def test_a_system_prompt_comes_first() -> None:
    request = make_request("hello", "be brief")
    assert [message.role for message in request.messages] == ["system", "user"]


def test_texts_and_image_bytes_keep_their_order() -> None:
    (message,) = make_request([PNG, "what is it?"]).messages
    assert message.parts == (ImagePart(data=PNG, media_type="image/png"), TextPart(text="what is it?"))


@pytest.mark.parametrize(
    "data, media_type",
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"GIF87a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    ],
)
def test_images_are_known_by_their_first_bytes(data: bytes, media_type: str) -> None:
    assert media_type_of(data) == media_type


@pytest.mark.parametrize("item", [b"plain text", b"", 3])
def test_what_is_neither_text_nor_image_is_refused(item: Any) -> None:
    with pytest.raises(ConfigurationError):
        make_request([item])
