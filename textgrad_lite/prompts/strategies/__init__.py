"""A small library of general strategies for prompts, one file each, in the order in which to try them.

They are what people who write prompts find out again and again. None names the matter of any task, so that
what they gain on one can be had on others. A file begins with a comment of what the strategy is good for; the
rest is the text that a prompt gets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_NUMBER = re.compile(r"\A\d+-")
_COMMENT = re.compile(r"\A<!--(.*?)-->\s*", re.DOTALL)


@dataclass(frozen=True)
class Strategy:
    """One way to go about a task.

    Attributes:
        name: Its name, such as ``"running-result"``.
        text: What it tells the reader of a prompt, without any placeholder.
        purpose: What it is good for, for the reader of the library.
    """

    name: str
    text: str
    purpose: str = ""


@cache
def load_strategies() -> tuple[Strategy, ...]:
    """All strategies of the library, in the order of their files."""
    files = (entry for entry in resources.files(__name__).iterdir() if entry.name.endswith(".md"))
    return tuple(
        _read(entry.name, entry.read_text(encoding="utf-8"))
        for entry in sorted(files, key=lambda entry: entry.name)
    )


def _read(file_name: str, content: str) -> Strategy:
    comment = _COMMENT.match(content)
    return Strategy(
        name=_NUMBER.sub("", file_name.removesuffix(".md")),
        text=_COMMENT.sub("", content).strip(),
        purpose=" ".join(comment[1].split()) if comment else "",
    )
