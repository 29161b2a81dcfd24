"""What the first bytes of an image file say: its format and its size in pixels.

Below the graph, which holds images, and the engines, which send them. Headers are read, nothing is decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What models take."""


def read_media_type(data: bytes) -> str | None:
    """Return the media type of an image by its first bytes; None where it is none that models take."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for signature, media_type in _SIGNATURES if data.startswith(signature)), None)


def read_pixels(data: bytes) -> tuple[int, int] | None:
    """Return the width and height of an image, or None where its header does not tell."""
    read = _READERS.get(read_media_type(data) or "")
    try:
        return None if read is None else read(data)
    except IndexError:  # the file is cut off
        return None


def _read_png(data: bytes) -> tuple[int, int]:
    return _big(data, 16, 4), _big(data, 20, 4)


def _read_gif(data: bytes) -> tuple[int, int]:
    return _little(data, 6, 2), _little(data, 8, 2)


def _read_jpeg(data: bytes) -> tuple[int, int]:
    """Go from segment to segment, up to the frame header; 0xC4, 0xC8 and 0xCC in its range are others."""
    place = 2
    while not (0xC0 <= data[place + 1] <= 0xCF and data[place + 1] not in (0xC4, 0xC8, 0xCC)):
        place += 1 if data[place + 1] == 0xFF else 2 + max(2, _big(data, place + 2, 2))
    return _big(data, place + 7, 2), _big(data, place + 5, 2)


def _read_webp(data: bytes) -> tuple[int, int] | None:
    match data[12:16]:
        case b"VP8 ":
            return _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF
        case b"VP8L":
            bits = _little(data, 21, 4)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    return None


def _big(data: bytes, place: int, length: int) -> int:
    return int.from_bytes(_slice(data, place, length), "big")


def _little(data: bytes, place: int, length: int) -> int:
    return int.from_bytes(_slice(data, place, length), "little")


def _slice(data: bytes, place: int, length: int) -> bytes:
    if len(data) < place + length:
        raise IndexError
    return data[place : place + length]


_READERS: Mapping[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/png": _read_png,
    "image/jpeg": _read_jpeg,
    "image/gif": _read_gif,
    "image/webp": _read_webp,
}
