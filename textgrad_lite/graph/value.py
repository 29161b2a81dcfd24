"""What a Variable can hold: text, numbers and images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from textgrad_lite.errors import GraphError

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True)
class Image:
    """An image as its encoded bytes, which never show in a repr or a log.

    Attributes:
        data: The bytes of a PNG, JPEG, GIF or WebP file.
        media_type: Such as ``"image/png"``.
    """

    data: bytes = field(repr=False)
    media_type: str

    @classmethod
    def from_bytes(cls, data: bytes) -> Image:
        """Make an image from encoded bytes; their beginning tells the format.

        Raises:
            GraphError: The format is none that models take.
        """
        for signature, media_type in _SIGNATURES:
            if data.startswith(signature):
                return cls(data, media_type)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return cls(data, "image/webp")
        raise GraphError(
            f"{len(data)} bytes that are no image known here",
            hint="Give a PNG, JPEG, GIF or WebP file, or Image(data, media_type) with the type spelled out.",
        )

    @classmethod
    def from_path(cls, path: str | Path) -> Image:
        """Read an image file.

        Raises:
            GraphError: It cannot be read, or is no image; names the file.
        """
        try:
            return cls.from_bytes(Path(path).read_bytes())
        except OSError as error:
            raise GraphError(f"the image {path} cannot be read: {error.strerror}") from error
        except GraphError as error:
            raise GraphError(f"{path}: {error.message}", hint=error.hint) from error

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    def __str__(self) -> str:
        form = self.media_type.removeprefix("image/")
        return f"[image {form} {-(-len(self.data) // 1000)} kB sha256:{self.digest[:8]}]"


Value: TypeAlias = str | int | float | Image


def as_value(value: object) -> Value:
    """Check what a Variable is given; bytes become an image.

    Raises:
        GraphError: It is neither text nor number nor image.
    """
    if isinstance(value, bytes):
        return Image.from_bytes(value)
    if isinstance(value, str | int | float | Image):
        return value
    raise GraphError(
        f"a value must be a str, int, float or image, not {type(value).__name__}",
        hint="Convert it to text first, for example with str() or json.dumps().",
    )
