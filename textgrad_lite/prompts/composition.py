"""A prompt joined to a general strategy, without a model."""

from __future__ import annotations

import re

from textgrad_lite.prompts.rendering import render
from textgrad_lite.prompts.strategies import Strategy

_QUOTED_MARK = re.compile(r"""(['"`])(?P<mark>[^\W\d][\w ]{0,29}:)\1""")


def compose(original: str, strategy: Strategy, answer_line: str = "") -> str:
    """Join a prompt to a strategy.

    Args:
        original: The prompt, which stays whole with its placeholders; only newlines round it are dropped.
        strategy: The strategy, which comes first.
        answer_line: How the answer has to end, as a sentence; see :func:`answer_line`.
    """
    return render(
        "composed", original=original.strip("\r\n"), strategy=strategy.text, answer_line=answer_line
    )


def answer_line(metric_description: str) -> str:
    """Say how the answer has to end so that the metric finds it, if the metric's description quotes a mark.

    Returns:
        A sentence for a prompt, such as ``The last line is 'Answer: ' followed by the final answer.``, or an
        empty text.
    """
    mark = answer_mark(metric_description)
    return f"The last line is '{mark} ' followed by the final answer." if mark else ""


def answer_mark(metric_description: str) -> str | None:
    """The mark behind which a metric looks for the answer, such as ``Answer:``, if it quotes one."""
    found = _QUOTED_MARK.search(metric_description)
    return found["mark"] if found else None
