"""How large images may be, so that a request which would be refused costs no call and gets a clear answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textgrad_lite.engines.types import ImagePart, Request
from textgrad_lite.images import MEDIA_TYPES, read_pixels


@dataclass(frozen=True)
class ImageLimits:
    """What a server takes. None where it has no such limit, or none that is known.

    Images by address are only counted: their size is not known here.

    Attributes:
        count: Images in one request.
        encoded_bytes: Size of one image, in base64, as it is sent.
        total_bytes: Size of all images of a request, in base64.
        side: Width and height, in pixels.
    """

    count: int | None = None
    encoded_bytes: int | None = None
    total_bytes: int | None = None
    side: int | None = None

    def find_fault(self, request: Request) -> str | None:
        """Return, in words, why the server would refuse the images of a request; None where it would not."""
        parts = (part for message in request.messages for part in message.parts)
        images = [part for part in parts if isinstance(part, ImagePart)]
        return next(self._find_faults(images), None) if images else None

    def _find_faults(self, images: Sequence[ImagePart]) -> Iterator[str]:
        if self.count is not None and len(images) > self.count:
            yield f"{len(images)} images in one request, of which there may be {self.count}"
        for number, image in enumerate(images, start=1):
            if image.data is not None:
                name = f"image {number} of {len(images)} (sha256:{(image.digest or '')[:8]})"
                yield from self._find_faults_of(name, image.data, image.media_type)
        total = sum(_encoded(image.data) for image in images if image.data is not None)
        if self.total_bytes is not None and total > self.total_bytes:
            yield f"{_megabytes(total)} of images in a request that may hold {_megabytes(self.total_bytes)}"

    def _find_faults_of(self, name: str, data: bytes, media_type: str | None) -> Iterator[str]:
        if media_type not in MEDIA_TYPES:
            yield f"{name} is {media_type}; models take {', '.join(MEDIA_TYPES)}"
        size = _encoded(data)
        if self.encoded_bytes is not None and size > self.encoded_bytes:
            yield f"{name} is sent as {_megabytes(size)}, and may have {_megabytes(self.encoded_bytes)}"
        pixels = read_pixels(data)
        if self.side is not None and pixels is not None and max(pixels) > self.side:
            yield f"{name} is {pixels[0]} x {pixels[1]} pixels, and may be {self.side} wide and high"


def _encoded(data: bytes) -> int:
    return -(-len(data) // 3) * 4


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
