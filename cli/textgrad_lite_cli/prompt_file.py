"""The prompt file: read to the letter, and written only when it is asked for."""

from __future__ import annotations

import codecs
import shutil
from pathlib import Path

from textgrad_lite.errors import PromptError


def read_prompt(path: Path) -> str:
    """Return the text of a prompt file as it is, line endings and final newline included.

    Raises:
        PromptError: If it is a folder, missing, empty, binary or not UTF-8; says which and where.
    """
    if path.is_dir():
        raise PromptError(f"{path} is a folder", hint="Give the file in it that holds the prompt.")
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise PromptError(f"there is no file {path}", hint="Check the path of the prompt.") from error
    if b"\0" in content:
        raise PromptError(f"{path} is a binary file", hint="A prompt is a text file in UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PromptError(
            f"{path}:{line}: not UTF-8 (byte 0x{content[error.start]:02x})",
            hint="Save the file as UTF-8.",
        ) from error
    if not text.strip():
        raise PromptError(f"{path} is empty", hint="Write a first prompt into it, however plain.")
    return text


def replace_prompt(path: Path, known: str, text: str) -> None:
    """Replace the text of a prompt file; it is never there in part, and keeps its mode and byte-order mark.

    Args:
        path: The file, or a link to it.
        known: The text that it is supposed to hold.
        text: The new text.

    Raises:
        PromptError: If it holds another text by now, which would be lost.
    """
    if read_prompt(path) != known:
        raise PromptError(
            f"{path} has been edited during the run and is left as it is",
            hint="The best prompt is in best.txt in the folder of the run.",
        )
    file = path.resolve()
    mark = codecs.BOM_UTF8 if file.read_bytes().startswith(codecs.BOM_UTF8) else b""
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(mark + text.encode("utf-8"))
    shutil.copymode(file, beside)
    beside.replace(file)
