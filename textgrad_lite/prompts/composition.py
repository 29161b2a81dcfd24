"""A prompt joined to a general strategy, without a model."""

from __future__ import annotations

import re

from textgrad_lite.prompts.rendering import render
from textgrad_lite.prompts.strategies import Strategy

_QUOTED_MARK = re.compile(r"""(['"`])(?P<mark>[^\W\d][\w ]{0,29}:)\1""")


def compose(original: str, strategy: Strategy, metric_description: str = "") -> str:
    """Join a prompt to a strategy.

    The prompt comes first and stays whole, with its placeholders; only newlines round it are dropped. Where
    the metric looks for the answer behind a mark, the prompt asks for that mark.

    Args:
        original: The prompt.
        strategy: The strategy.
        metric_description: How results are scored, as a sentence.
    """
    return render(
        "composed",
        original=original.strip("\r\n"),
        strategy=strategy.text,
        mark=answer_mark(metric_description),
    )


def answer_mark(metric_description: str) -> str | None:
    """The mark behind which a metric looks for the answer, such as ``Answer:``, if it quotes one."""
    found = _QUOTED_MARK.search(metric_description)
    return found["mark"] if found else None
