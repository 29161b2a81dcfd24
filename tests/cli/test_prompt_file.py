"""The prompt file: kept to the letter, and refused with its name where it cannot be one."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.errors import PromptError
from textgrad_lite_cli.prompt_file import read_prompt, replace_prompt

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")).filter(lambda text: text.strip())


@given(text=texts)
def test_what_is_written_is_read_to_the_letter(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("prompt") / "prompt.txt"
    path.write_text("before")
    replace_prompt(path, "before", text)
    assert read_prompt(path) == text
    assert [file.name for file in path.parent.iterdir()] == ["prompt.txt"]


def test_a_byte_order_mark_is_no_part_of_the_prompt(tmp_path: Path) -> None:
    path = tmp_path / "prompt.txt"
    path.write_bytes(b"\xef\xbb\xbfAnswer.\r\n")
    assert read_prompt(path) == "Answer.\r\n"


def test_a_replaced_prompt_keeps_its_link_its_mode_and_its_mark(tmp_path: Path) -> None:
    file, link = tmp_path / "file.txt", tmp_path / "link.txt"
    file.write_bytes(codecs.BOM_UTF8 + b"before")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_prompt(link, "before", "after")
    assert link.is_symlink()
    assert file.read_bytes() == codecs.BOM_UTF8 + b"after"
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_was_edited_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "prompt.txt"
    path.write_text("edited")
    with pytest.raises(PromptError, match="edited during the run"):
        replace_prompt(path, "before", "after")
    assert path.read_text() == "edited"


@pytest.mark.parametrize(
    "content, message",
    [
        (b"\x89PNG\0\0", "binary"),
        (b"one\ntwo \xff\n", r"prompt\.txt:2: not UTF-8 \(byte 0xff\)"),
        (b" \n", "empty"),
        (b"", "empty"),
    ],
)
def test_what_is_no_prompt_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "prompt.txt"
    path.write_bytes(content)
    with pytest.raises(PromptError, match=message) as caught:
        read_prompt(path)
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="is a folder"):
        read_prompt(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="there is no file"):
        read_prompt(tmp_path / "prompt.txt")
