"""Images that a server would refuse are refused before anything is set aside or sent, with the reason."""

from __future__ import annotations

import re

import pytest

from tests.engines.doubles import Model, run
from tests.test_images import png
from textgrad_lite.engines.budget import Amount, Budget
from textgrad_lite.engines.image_limits import ImageLimits
from textgrad_lite.engines.stack import StackOptions, stack
from textgrad_lite.engines.types import ImagePart, Message, Request
from textgrad_lite.errors import BadRequestError

SMALL = ImagePart(data=png(8, 8), media_type="image/png")
BITMAP = ImagePart(data=b"BM", media_type="image/bmp")
LINKED = ImagePart(url="https://example.org/huge.png")


def _request(*images: ImagePart) -> Request:
    return Request(messages=(Message.of("user", "see", *images),))


@pytest.mark.parametrize(
    "limits, images, fault",
    [
        (ImageLimits(count=2), [SMALL, LINKED, SMALL], "3 images in one request, of which there may be 2"),
        (ImageLimits(encoded_bytes=43), [LINKED, SMALL], r"image 2 of 2 \(sha256:\w{8}\) is sent as 0.0 MB"),
        (ImageLimits(total_bytes=87), [SMALL, SMALL], "0.0 MB of images in a request that may hold"),
        (ImageLimits(side=7), [SMALL], "is 8 x 8 pixels, and may be 7 wide and high"),
        (ImageLimits(), [BITMAP], "is image/bmp; models take image/png"),
    ],
)
def test_what_a_server_would_refuse_is_named(
    limits: ImageLimits, images: list[ImagePart], fault: str
) -> None:
    assert re.search(fault, limits.find_fault(_request(*images)) or "")


def test_what_is_just_within_its_limits_is_sent() -> None:
    limits = ImageLimits(count=2, encoded_bytes=44, total_bytes=88, side=8)
    assert len(SMALL.data or b"") == 33
    assert limits.find_fault(_request(SMALL, SMALL)) is None
    assert limits.find_fault(_request(LINKED, LINKED)) is None
    assert limits.find_fault(_request()) is None


def test_a_size_that_the_header_does_not_tell_is_left_to_the_server() -> None:
    cut = ImagePart(data=png(9000, 9000)[:12], media_type="image/png")
    assert ImageLimits(side=8000).find_fault(_request(cut)) is None


def test_a_refused_request_costs_no_call() -> None:
    class Strict(Model):
        def check(self, request: Request) -> None:
            raise BadRequestError("too large")

    model, budget = Strict(), Budget(calls=1)
    engine = stack(model, StackOptions(cache="off", budget=budget))
    with pytest.raises(BadRequestError, match="too large"):
        run(engine.complete(_request(SMALL)))
    assert model.requests == []
    assert budget.spent == Amount()
