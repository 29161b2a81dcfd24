"""The metric of multiple-choice questions: which of the lettered options a reply settles on."""

from __future__ import annotations

import re
from collections.abc import Mapping

from textgrad_lite.data.example import Example
from textgrad_lite.metrics.answers import after_marker, final_answer, normalized, strip_wrapping
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.metrics.text import compare, target_of

_OPTION = re.compile(r"^\s*(?:\(([A-Z])\)|([A-Z])[).:])\s*(.+?)\s*$", re.MULTILINE)
_TARGET = re.compile(r"\(?([A-Za-z])\)?[.)]?")
_PARENTHESES = re.compile(r"\(\s*([A-Za-z])\s*\)")
# A letter alone is a choice only where it cannot be a word: "A cat" names no option.
_ALONE = re.compile(
    r"(?:^|\b(?:option|choice|letter|is)\s+)[*_`\"']*([A-Z])[*_`\"']*(?=\s*(?:[).:,;\u2013-]|$))",
    re.IGNORECASE,
)


class Choice(Metric):
    """The reply settles on the option whose letter is the target: ``(B)`` or ``B``.

    A target that is no letter is compared as text, as :class:`Exact` does.
    """

    name = "choice"
    description = "The letter of an option after 'Answer:', such as (B), must be that of the right option."

    def check(self, example: Example) -> None:
        """The target has to be there."""
        target_of(example, self.name)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Compares the letter that the reply settles on with the target's."""
        target = target_of(example, self.name)
        wanted = _TARGET.fullmatch(target.strip())
        if wanted is None:
            return compare(final_answer(output), target)
        found = self.answer_of(example, output)
        letter = wanted[1].upper()
        if found is None:
            feedback = f"The answer should be ({letter}), but the reply settles on none of the options."
            return MetricResult(score=0.0, kind="unparsable", feedback=feedback)
        if found == letter:
            return MetricResult(score=1.0, kind="right", answer=found, feedback=f"Right: ({letter}).")
        feedback = f"The answer should be ({letter}), but it was ({found})."
        return MetricResult(score=0.0, answer=found, feedback=feedback)

    def answer_of(self, example: Example, output: str) -> str | None:
        """The letter that a reply settles on."""
        return find_choice(output, find_options(example.input))


def find_options(question: str) -> dict[str, str]:
    """The options of a question by their letters: the last lines ``(A) …``, ``(B) …`` and so on."""
    options: dict[str, str] = {}
    for match in _OPTION.finditer(question):
        letter = match[1] or match[2]
        if letter == "A":
            options = {}
        options[letter] = match[3]
    return options


def find_choice(reply: str, options: Mapping[str, str]) -> str | None:
    """The letter that a reply settles on, or None.

    It is looked for in the first line after the last ``Answer:``, without this mark in the last line: a
    letter in parentheses, else one that stands alone, else that of the option whose text the line is.
    Without the mark, the last letter in parentheses of the whole reply will do.

    Args:
        reply: The whole reply.
        options: The options by letter; with none, any letter will do.
    """
    marked = after_marker(reply)
    if marked is not None:
        return _in_line(_first_line(marked), options, which=0)
    found = _in_line(_last_line(reply), options, which=-1)
    return found or _in_parentheses(reply, options, which=-1)


def _in_line(line: str, options: Mapping[str, str], *, which: int) -> str | None:
    bare = strip_wrapping(line)
    alone = [found.upper() for found in _ALONE.findall(bare) if _is_option(found, options)]
    by_letter = alone[which] if alone else None
    return _in_parentheses(line, options, which=which) or by_letter or _by_text(bare, options)


def _in_parentheses(text: str, options: Mapping[str, str], *, which: int) -> str | None:
    found = [letter.upper() for letter in _PARENTHESES.findall(text) if _is_option(letter, options)]
    return found[which] if found else None


def _by_text(line: str, options: Mapping[str, str]) -> str | None:
    same = [
        letter for letter, text in options.items() if normalized(strip_wrapping(text)) == normalized(line)
    ]
    return same[0] if len(same) == 1 else None


def _is_option(letter: str, options: Mapping[str, str]) -> bool:
    return not options or letter.upper() in options


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if strip_wrapping(line)), "")


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if strip_wrapping(line)), "")
