"""Marking off data inside a prompt, so that text in it is not taken for an instruction."""

from __future__ import annotations

import itertools
import re


def delimited(text: str, tag: str) -> str:
    """Wrap data in a tag that the data itself cannot close.

    The text stays as it is, character by character. Where it mentions the tag, a numbered tag is used
    instead, so that the only closing tag in the result is its last line.

    Args:
        text: The data, such as a prompt, a reply or a criticism.
        tag: The name of the tag, such as ``"output"``.

    Returns:
        ``<tag>``, the text and ``</tag>``, each on lines of their own.
    """
    name = _name_absent_from(text, tag)
    return f"<{name}>\n{text}\n</{name}>"


def _name_absent_from(text: str, tag: str) -> str:
    names = itertools.chain([tag], (f"{tag}-{number}" for number in itertools.count(2)))
    return next(name for name in names if not _is_mentioned(name, text))


def _is_mentioned(name: str, text: str) -> bool:
    return re.search(rf"<\s*/?\s*{re.escape(name)}(?![\w-])", text, re.IGNORECASE) is not None
