"""A small library of general strategies for prompts, one file each, in the order in which to try them.

They are what people who write prompts find out again and again. None names the matter of any task, so that
what they gain on one can be had on others. A file begins with a comment of what the strategy is good for,
which may end in ``Suits:`` and a word: where a metric's description has that word, the strategy is tried
first, and elsewhere last. The rest is the text that a prompt gets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
        suits: A word of the descriptions of metrics for which it is tried first, or nothing.
    """

    name: str
    text: str
    purpose: str = ""
    suits: str = ""


@cache
def load_strategies() -> tuple[Strategy, ...]:
    """All strategies of the library, in the order of their files."""
    files = (entry for entry in resources.files(__name__).iterdir() if entry.name.endswith(".md"))
    return tuple(
        _read(entry.name, entry.read_text(encoding="utf-8"))
        for entry in sorted(files, key=lambda entry: entry.name)
    )


def strategies_for(
    metric_description: str, strategies: Sequence[Strategy] | None = None
) -> tuple[Strategy, ...]:
    """The strategies in the order in which to try them with a metric.

    Args:
        metric_description: How results are scored, as a sentence.
        strategies: The library; default: ours.
    """
    words = set(re.findall(r"\w+", metric_description.lower()))

    def place(strategy: Strategy) -> int:
        if not strategy.suits:
            return 1
        return 0 if strategy.suits in words else 2

    return tuple(sorted(load_strategies() if strategies is None else strategies, key=place))


def _read(file_name: str, content: str) -> Strategy:
    comment = _COMMENT.match(content)
    purpose, _, suits = " ".join(comment[1].split()).partition(" Suits: ") if comment else ("", "", "")
    return Strategy(
        name=_NUMBER.sub("", file_name.removesuffix(".md")),
        text=_COMMENT.sub("", content).strip(),
        purpose=purpose,
        suits=suits.rstrip("."),
    )
