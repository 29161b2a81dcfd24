"""What a Variable can hold."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from textgrad_lite.errors import GraphError
from textgrad_lite.graph import Image, Variable
from textgrad_lite.graph.value import as_value

PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)
ADDRESS = "https://user:secret@example.org/cat.png?key=secret"


class TestAnAddress:
    def test_is_an_image_without_bytes(self) -> None:
        image = Image.from_url(ADDRESS)
        assert (image.url, image.data, image.media_type) == (ADDRESS, None, None)
        assert Image.load(ADDRESS) == image
        assert Variable(image_path=ADDRESS, role_description="a picture").value == image

    def test_shows_neither_key_nor_password(self) -> None:
        image = Image.from_url(ADDRESS)
        digest = hashlib.sha256(ADDRESS.encode()).hexdigest()
        assert str(image) == f"[image https://example.org/cat.png sha256:{digest[:8]}]"
        assert "secret" not in repr(image)

    def test_that_holds_the_bytes_itself_is_read(self) -> None:
        url = "data:image/png;base64," + base64.b64encode(PNG).decode()
        assert Image.from_url(url) == Image.load(url) == Image(PNG, "image/png")

    @pytest.mark.parametrize(
        "url, fault",
        [
            ("ftp://example.org/cat.png", "begins with http"),
            ("data:image/png,plain", "not in base64"),
            ("data:image/png;base64,%%%", "cannot be read"),
            ("data:text/plain;base64,aGVsbG8=", "no image known"),
        ],
    )
    def test_that_leads_to_no_image_is_refused(self, url: str, fault: str) -> None:
        with pytest.raises(GraphError, match=fault):
            Image.from_url(url)


@pytest.mark.parametrize(
    "fields", [(None, None), (PNG, None), (None, "image/png"), (PNG, "image/png", ADDRESS)]
)
def test_an_image_has_exactly_one_source_with_its_type(fields: tuple[Any, ...]) -> None:
    with pytest.raises(GraphError, match="either bytes and their media type, or an address"):
        Image(*fields)


class TestImage:
    @pytest.mark.parametrize(
        "data, media_type",
        [
            (PNG, "image/png"),
            (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
            (b"GIF89arest", "image/gif"),
            (b"GIF87arest", "image/gif"),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ],
    )
    def test_is_known_by_its_first_bytes(self, data: bytes, media_type: str) -> None:
        assert Image.from_bytes(data).media_type == media_type

    @pytest.mark.parametrize("data", [b"", b"hello", b"RIFF\x00\x00\x00\x00WAVEfmt "])
    def test_other_bytes_are_refused_with_a_way_out(self, data: bytes) -> None:
        with pytest.raises(GraphError, match="PNG, JPEG, GIF or WebP"):
            Image.from_bytes(data)

    def test_as_text_tells_form_size_and_digest(self) -> None:
        digest = hashlib.sha256(PNG).hexdigest()
        assert str(Image.from_bytes(PNG)) == f"[image png 3 kB sha256:{digest[:8]}]"
        assert Image.from_bytes(PNG).digest == digest

    def test_never_shows_its_bytes(self) -> None:
        assert repr(Image.from_bytes(PNG)) == "Image(media_type='image/png')"
        assert "x00" not in repr(Variable(PNG, role_description="a picture"))

    def test_is_read_from_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        path.write_bytes(PNG)
        assert Image.from_path(path) == Image(PNG, "image/png")
        assert Variable(image_path=path, role_description="a picture").value == Image(PNG, "image/png")

    def test_a_file_that_cannot_be_used_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(GraphError, match=r"missing\.png cannot be read: No such file"):
            Image.from_path(tmp_path / "missing.png")
        text = tmp_path / "notes.txt"
        text.write_text("hello", encoding="utf-8")
        with pytest.raises(GraphError, match=r"notes\.txt: 5 bytes that are no image"):
            Image.from_path(text)


class TestAsValue:
    @pytest.mark.parametrize("value", ["text", "", 3, -1.5, Image(PNG, "image/png")])
    def test_takes_what_a_variable_can_hold(self, value: object) -> None:
        assert as_value(value) is value

    @pytest.mark.parametrize("value", [None, ["a"], {"a": 1}, object()])
    def test_refuses_the_rest_with_a_way_out(self, value: object) -> None:
        with pytest.raises(GraphError, match=f"not {type(value).__name__}.*\n.*str"):
            as_value(value)
