"""Asking a model to grade a reply, and reading the grade."""

from __future__ import annotations

import re
from dataclasses import dataclass

from textgrad_lite.errors import ParseError
from textgrad_lite.prompts.parse import extract_tag, strip_thoughts
from textgrad_lite.prompts.rendering import render

TOP_GRADE = 10
_GRADE = re.compile(r"(?<![\d.,/-])(10|[0-9])(?:\.[0-9]+)?(?![\d,]|\.[0-9])")


@dataclass(frozen=True)
class Judgement:
    """What a judge says of one reply.

    Attributes:
        grade: From 0 to :data:`TOP_GRADE`.
        reason: Why, in one or two sentences.
    """

    grade: float
    reason: str


def render_judgement(*, rubric: str, question: str, target: str | None, reply: str) -> str:
    """The message to the judge.

    Args:
        rubric: What makes a reply good.
        question: What was asked.
        target: A reply that is known to be right, or None.
        reply: The reply to grade.
    """
    return render("judge", rubric=rubric, question=question, target=target, reply=reply, top=TOP_GRADE)


def parse_judgement(text: str, finish_reason: str = "stop") -> Judgement:
    """Reads reason and grade out of a judge's reply.

    Raises:
        ParseError: If there is no grade from 0 to :data:`TOP_GRADE` in it.
    """
    stated = extract_tag(text, "grade", finish_reason=finish_reason)
    match = _GRADE.search(stated or "")
    if match is None or float(match.group()) > TOP_GRADE:
        raise ParseError(f"the judge's reply has no <grade> from 0 to {TOP_GRADE}: {text[:200]!r}")
    reason = extract_tag(text, "reason", finish_reason=finish_reason)
    return Judgement(float(match.group()), reason or strip_thoughts(text).split("<grade>")[0].strip())
