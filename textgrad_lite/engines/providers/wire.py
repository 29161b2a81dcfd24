"""The form of one API: how a request is written and how an answer is read."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from textgrad_lite.engines.types import Completion, ImagePart, Request

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Wire:
    """One API.

    Attributes:
        path: Its path below the base URL.
        request_id_header: Response header with the id of the request.
        fields: Optional fields of `Request` and their names on the wire, in the order in which a refusal that
            names several is blamed on them.
        lacking: Optional fields of `Request` that the API has no place for.
        token_fields: Names of the limit on output tokens, the preferred one first.
        write: Writes the body of a request, but for the model; gets the name of the token limit.
        read: Reads a completion from the body of an answer and the id of the request. Raises KeyError,
            IndexError, TypeError, AttributeError or ValueError where the body has another form.
    """

    path: str
    request_id_header: str
    fields: Mapping[str, str]
    lacking: tuple[str, ...]
    token_fields: tuple[str, ...]
    write: Callable[[Request, str], JsonObject]
    read: Callable[[Mapping[str, Any], str | None], Completion]


def write_data_url(image: ImagePart) -> str:
    """Return the URL of an image, its bytes inside it where it has any."""
    if image.data is None:
        return image.url or ""
    return f"data:{image.media_type};base64,{encode_image(image.data)}"


def encode_image(data: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(data).decode("ascii")


def drop_empty(fields: Mapping[str, Any]) -> JsonObject:
    """Return the fields that have a value; None means that the server decides."""
    return {name: value for name, value in fields.items() if value is not None}


def cut_at_stop(text: str, stop: tuple[str, ...]) -> str:
    """Return a text up to the first of the strings at which it should have ended."""
    ends = [text.find(string) for string in stop]
    return text[: min((end for end in ends if end >= 0), default=len(text))]
