"""Makes a request from what a person writes: a text, or texts and images in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textgrad_lite.engines.types import ImagePart, Message, Request, TextPart
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.images import read_media_type

Content = str | Sequence[str | bytes | TextPart | ImagePart]


def make_request(content: Content, system_prompt: str | None = None, **parameters: Any) -> Request:
    """Make a request of one user message, after a system message if there is one.

    Args:
        content: A text, or texts, image bytes and parts in order.
        system_prompt: The system message.
        **parameters: Further fields of `Request`.

    Raises:
        ConfigurationError: The content holds bytes that are no known image, or something else altogether.
    """
    parts = [content] if isinstance(content, str) else [_part(item) for item in content]
    system = [] if system_prompt is None else [Message.of("system", system_prompt)]
    return Request(messages=(*system, Message.of("user", *parts)), **parameters)


def _part(item: object) -> str | TextPart | ImagePart:
    if isinstance(item, (str, TextPart, ImagePart)):
        return item
    if isinstance(item, bytes):
        return ImagePart(data=item, media_type=media_type_of(item))
    raise ConfigurationError(
        f"content holds a {type(item).__name__}",
        hint="Pass a text, or a list of texts and image bytes.",
    )


def media_type_of(data: bytes) -> str:
    """Return the media type of an image by its first bytes.

    Raises:
        ConfigurationError: The bytes are none of PNG, JPEG, GIF and WebP.
    """
    media_type = read_media_type(data)
    if media_type is None:
        raise ConfigurationError(
            f"{len(data)} bytes are not an image of a known kind", hint="Known: PNG, JPEG, GIF, WebP."
        )
    return media_type
