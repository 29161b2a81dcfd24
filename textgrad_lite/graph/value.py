"""What a Variable can hold: text, numbers and images."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from textgrad_lite.errors import GraphError, ImageError
from textgrad_lite.images import read_media_type


@dataclass(frozen=True)
class Image:
    """An image: its encoded bytes, or the address where the model's server finds it.

    Neither shows in a repr or a log: an address may hold a key.

    Attributes:
        data: The bytes of a PNG, JPEG, GIF or WebP file, or None.
        media_type: Such as ``"image/png"``; None for an address.
        url: Its address, or None.

    Raises:
        GraphError: There are both bytes and an address, or neither, or bytes without a type.
    """

    data: bytes | None = field(repr=False)
    media_type: str | None
    url: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if (self.data is None) == (self.url is None) or (self.data is None) != (self.media_type is None):
            raise GraphError(
                "an image has either bytes and their media type, or an address",
                hint="Use Image.from_bytes, Image.from_path or Image.from_url.",
            )

    @classmethod
    def from_bytes(cls, data: bytes) -> Image:
        """Make an image from encoded bytes; their beginning tells the format.

        Raises:
            ImageError: The format is none that models take.
        """
        media_type = read_media_type(data)
        if media_type is None:
            raise ImageError(
                f"{len(data)} bytes that are no image known here",
                hint="Give a PNG, JPEG, GIF or WebP file, or spell the type out: Image(data, media_type).",
            )
        return cls(data, media_type)

    @classmethod
    def from_path(cls, path: str | Path) -> Image:
        """Read an image file.

        Raises:
            ImageError: It cannot be read, or is no image; names the file.
        """
        try:
            return cls.from_bytes(Path(path).read_bytes())
        except OSError as error:
            raise ImageError(f"the image {path} cannot be read: {error.strerror}") from error
        except ImageError as error:
            raise ImageError(f"{path}: {error.message}", hint=error.hint) from error

    @classmethod
    def from_url(cls, url: str) -> Image:
        """Make an image of an address, which the model's server fetches; of a ``data:`` URL, of its bytes.

        Raises:
            ImageError: It is no such address, or holds no image.
        """
        if url.startswith("data:"):
            return cls.from_bytes(_decode(url))
        if not url.startswith(("http://", "https://")):
            raise ImageError("the address of an image begins with http:// or https://")
        return cls(None, None, url)

    @classmethod
    def load(cls, source: str | Path) -> Image:
        """Make an image of what a row of data or a user names: an address or a file.

        Raises:
            ImageError: It cannot be read, or is no image.
        """
        is_address = isinstance(source, str) and source.startswith(("http://", "https://", "data:"))
        return cls.from_url(str(source)) if is_address else cls.from_path(source)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, or else of the address, in hexadecimal."""
        return hashlib.sha256((self.url or "").encode() if self.data is None else self.data).hexdigest()

    def __str__(self) -> str:
        if self.data is None:
            where = urlsplit(self.url or "")
            return f"[image {where.scheme}://{where.hostname}{where.path} sha256:{self.digest[:8]}]"
        form = (self.media_type or "").removeprefix("image/")
        return f"[image {form} {-(-len(self.data) // 1000)} kB sha256:{self.digest[:8]}]"


def _decode(url: str) -> bytes:
    head, _, payload = url.partition(",")
    try:
        if not head.endswith(";base64"):
            raise ValueError("it is not in base64")
        return base64.b64decode(payload, validate=True)
    except ValueError as error:
        raise ImageError(f"a data: URL cannot be read: {error}") from None


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
