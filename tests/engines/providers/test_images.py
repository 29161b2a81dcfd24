"""Images through both providers' SDKs: all formats, bytes or an address, and limits that are told clearly."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.test_images import gif, jpeg, lossy_webp, png
from textgrad_lite.engines import ImageLimits, get_engine
from textgrad_lite.engines.providers.anthropic import AnthropicProvider
from textgrad_lite.engines.providers.base import Provider
from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.types import Completion, ImagePart, Message, Request
from textgrad_lite.errors import BadRequestError
from textgrad_lite.testing.loopback import LoopbackServer

Ask = Callable[..., Completion]

FORMATS = {
    "image/png": png(40, 30),
    "image/jpeg": jpeg(40, 30),
    "image/gif": gif(40, 30),
    "image/webp": lossy_webp(40, 30),
}
ADDRESS = "https://example.org/cat.png"


def _message(*images: ImagePart) -> tuple[Message, ...]:
    return (Message.of("user", "What is it?", *images),)


def _images_in(body: Any) -> list[tuple[str, bytes] | str]:
    """Media type and bytes, or address, of each image of a request, whichever API it came through."""
    (message,) = body.get("messages") or body["input"]
    found: list[tuple[str, bytes] | str] = []
    for part in message["content"]:
        if source := part.get("source"):
            is_inside = source["type"] == "base64"
            found.append(
                (source["media_type"], base64.b64decode(source["data"])) if is_inside else source["url"]
            )
        elif link := part.get("image_url"):
            url = link if isinstance(link, str) else link["url"]
            head, _, payload = url.partition(";base64,")
            found.append((head.removeprefix("data:"), base64.b64decode(payload)) if payload else url)
    return found


@pytest.mark.parametrize("media_type", FORMATS)
def test_an_image_of_each_format_arrives_as_it_is(
    provider: Provider, server: LoopbackServer, ask: Ask, media_type: str
) -> None:
    image = ImagePart(data=FORMATS[media_type], media_type=media_type)

    ask(provider, messages=_message(image))

    assert _images_in(server.requests[0].body) == [(media_type, FORMATS[media_type])]


def test_an_image_by_address_is_left_to_the_server(
    provider: Provider, server: LoopbackServer, ask: Ask
) -> None:
    ask(provider, messages=_message(ImagePart(url=ADDRESS)))

    assert _images_in(server.requests[0].body) == [ADDRESS]


def test_no_bytes_of_an_image_are_logged(
    provider: Provider, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    image = ImagePart(data=FORMATS["image/png"], media_type="image/png")

    ask(provider, messages=_message(image))

    encoded = base64.b64encode(FORMATS["image/png"]).decode()
    assert caplog.records
    assert encoded[:24] not in caplog.text
    assert "IHDR" not in caplog.text


@pytest.mark.parametrize(
    "image, words",
    [
        (ImagePart(data=png(8001, 30), media_type="image/png"), "8001 x 30 pixels, and may be 8000 wide"),
        (
            ImagePart(data=png(9, 9) + bytes(4 * 2**20), media_type="image/png"),
            "sent as 5.6 MB, and may have",
        ),
        (ImagePart(data=b"BM", media_type="image/bmp"), "is image/bmp"),
    ],
    ids=["pixels", "bytes", "format"],
)
def test_what_anthropic_would_refuse_is_told_unsent(
    anthropic_provider: AnthropicProvider, image: ImagePart, words: str
) -> None:
    with pytest.raises(BadRequestError, match=words) as caught:
        anthropic_provider.check(Request(messages=_message(image)))

    assert str(caught.value).startswith("anthropic/claude-test: image 1 of 1")
    assert "nothing was sent" in str(caught.value)
    assert "Scale it down" in caught.value.hint


def test_what_openai_would_refuse_is_told_unsent(openai_provider: OpenAIProvider) -> None:
    images = [ImagePart(url=ADDRESS)] * 501

    with pytest.raises(BadRequestError, match="501 images in one request, of which there may be 500"):
        openai_provider.check(Request(messages=_message(*images)))


@pytest.mark.parametrize("name", ["openai/gpt-test", "anthropic/claude-test"])
def test_limits_can_be_set_for_a_server_that_takes_less(server: LoopbackServer, name: str) -> None:
    url = server.openai_url if name.startswith("openai") else server.anthropic_url
    limits = {"image_limits": ImageLimits(side=39)}
    engine = get_engine(name, base_url=url, api_key="none", cache=False, provider_options=limits)

    with pytest.raises(BadRequestError, match="40 x 30 pixels"):
        engine(["What is it?", FORMATS["image/jpeg"]])

    assert not server.requests
