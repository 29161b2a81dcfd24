"""Asking a model which of two replies is better, and reading its choice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from textgrad_lite.errors import ParseError
from textgrad_lite.prompts.parse import extract_tag, strip_thoughts
from textgrad_lite.prompts.rendering import render

_CHOICE = re.compile(r"(?<![\w.])(1|2|equal|tie|neither|both)(?![\w.])", re.IGNORECASE)


@dataclass(frozen=True)
class Choice:
    """What a judge says of two replies.

    Attributes:
        first: 1.0 where the first is better, 0.0 where the second is, 0.5 where they are equal.
        reason: Why, in one or two sentences.
    """

    first: float
    reason: str


def render_preference(*, rubric: str, question: str, first: str, second: str) -> str:
    """The message to the judge.

    Args:
        rubric: What makes a reply good.
        question: What was asked.
        first: The reply that is shown first.
        second: The other.
    """
    return render("preference", rubric=rubric, question=question, first=first, second=second)


def parse_preference(text: str, finish_reason: str = "stop") -> Choice:
    """Reads reason and choice out of a judge's reply.

    Raises:
        ParseError: If there is no choice in it.
    """
    stated = extract_tag(text, "better", finish_reason=finish_reason) or ""
    found = {choice.lower() for choice in _CHOICE.findall(stated)}
    if len(found) != 1:
        raise ParseError(f"the judge's reply has no <better> with 1, 2 or equal: {text[:200]!r}")
    first = {"1": 1.0, "2": 0.0}.get(found.pop(), 0.5)
    reason = extract_tag(text, "reason", finish_reason=finish_reason)
    return Choice(first, reason or strip_thoughts(text).split("<better>")[0].strip())
