"""The header of an image file tells its format and size, however it is cut off."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.images import MEDIA_TYPES, read_media_type, read_pixels


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(9)


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)


def jpeg(width: int, height: int) -> bytes:
    """A comment, fill bytes and a table of the same range of markers before the frame header."""
    before = b"\xff\xd8" + b"\xff\xfe\x00\x04\xff\xc0" + b"\xff\xff\xc4\x00\x05abc"
    return before + b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(10)


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + struct.pack("<I", len(body)) + body


def lossy_webp(width: int, height: int) -> bytes:
    return webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width | 0x4000, height) + bytes(4))


def lossless_webp(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14 | 1 << 28))


def extended_webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(b"VP8X", bytes(4) + size)


MAKERS = [png, gif, jpeg, lossy_webp, lossless_webp, extended_webp]


@pytest.mark.parametrize("make", MAKERS)
@given(width=st.integers(1, 16383), height=st.integers(1, 16383))
def test_the_size_in_pixels_is_read(make, width: int, height: int) -> None:  # type: ignore[no-untyped-def]
    image = make(width, height)
    assert read_media_type(image) in MEDIA_TYPES
    assert read_pixels(image) == (width, height)


@pytest.mark.parametrize("make", MAKERS)
def test_a_file_that_is_cut_off_has_no_size_and_does_no_harm(make) -> None:  # type: ignore[no-untyped-def]
    image = make(640, 480)
    sizes = {read_pixels(image[:length]) for length in range(len(image))}
    assert sizes <= {None, (640, 480)}
    assert None in sizes


@given(
    st.sampled_from([b"\xff\xd8\xff", b"GIF87a", b"RIFF0000WEBP", b"\x89PNG\r\n\x1a\n"]),
    st.binary(max_size=60),
)
def test_any_bytes_after_a_signature_are_read_or_not(signature: bytes, rest: bytes) -> None:
    pixels = read_pixels(signature + rest)
    assert pixels is None or min(pixels) >= 0


def test_other_bytes_are_no_image() -> None:
    assert read_media_type(b"%PDF-1.7") is None
    assert read_pixels(b"%PDF-1.7") is None
    assert read_pixels(webp(b"ANIM", bytes(20))) is None
