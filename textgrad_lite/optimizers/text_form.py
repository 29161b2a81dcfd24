"""The outer form of a text, which a rewrite keeps: its line endings and its last newlines."""

from __future__ import annotations

import re

from textgrad_lite.prompts.parse import strip_fences

_END = re.compile(r"(?:\r\n|\r|\n)*\Z")
_NEWLINE = re.compile(r"\r\n|\r|\n")


def in_form_of(old: str, new: str) -> str:
    """Give a new text the line endings and the final newlines of the old one.

    A code fence round the whole new text is taken off where the old one had none.
    """
    if strip_fences(old) == old:
        new = strip_fences(new)
    body = _NEWLINE.sub("\n", new).strip("\n").rstrip()
    return body.replace("\n", _newline_of(old)) + _END.search(old)[0]  # type: ignore[index]  # it matches at the end


def _newline_of(text: str) -> str:
    """The line ending that a text uses most; a line feed where it has none."""
    found = _NEWLINE.findall(text)
    return max(("\n", "\r\n", "\r"), key=found.count)
