"""Where in a reply the answer stands.

A reply may reason before it answers. The convention throughout is a last line such as ``Answer: 8``; it is
written in docs/metrics.md to the letter, and what is done here is what stands there.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_MARKER = re.compile(r"(?<![^\W_])answer[*_`\"']*\s*[:\N{FULLWIDTH COLON}]", re.IGNORECASE)
_WRAPPING = "*_`\"'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK} \t"
# A sign belongs to the number only where nothing stands before it that it could be subtracted from.
_NUMBER = re.compile(
    r"""
    (?<![A-Za-z_0-9.])
    (?P<sign> (?:(?<![\w).])[-+\u2212])? )
    [$\u20ac\u00a3]?
    (?P<digits> (?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]) | [0-9]+) (?:\.[0-9]+)? | \.[0-9]+ )
    (?:[eE] (?P<exponent> [-+]?[0-9]{1,3}) (?![0-9A-Za-z]) )?
    """,
    re.VERBOSE,
)


def after_marker(reply: str) -> str | None:
    """What follows the last ``Answer:`` of a reply, or None where there is no such mark."""
    marks = list(_MARKER.finditer(reply))
    return reply[marks[-1].end() :] if marks else None


def final_answer(reply: str, *, is_one_line: bool = True) -> str:
    """The answer of a reply, without the quotes, emphasis and full stop round it.

    Args:
        reply: The whole reply.
        is_one_line: Whether an answer has one line. If so, it is the first line that is not blank after the
            last ``Answer:``, else the last line of the reply. If not, it is all that follows the last
            ``Answer:``, else the whole reply.
    """
    marked = after_marker(reply)
    text = reply if marked is None else marked.lstrip(_WRAPPING)
    if is_one_line:
        lines = [line for line in text.splitlines() if line.strip(_WRAPPING)] or [""]
        text = lines[-1] if marked is None else lines[0]
    return strip_wrapping(text)


def strip_wrapping(text: str) -> str:
    """Takes blank space, quotes, Markdown emphasis and one final full stop off both ends of an answer."""
    bare = text.strip().strip(_WRAPPING).strip()
    return bare.removesuffix(".").strip(_WRAPPING).strip() or bare


def normalized(text: str) -> str:
    """The text with blank space made even, in Unicode NFC, and without regard to case."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def final_number(reply: str) -> Decimal | None:
    """The first number after the last ``Answer:``, else the last number of the reply, or None.

    A reply with the mark but no number after it holds no answer. Signs, decimals, thousands with commas,
    exponents and currency signs are understood; ``10-5`` is two numbers, ``-5`` one.
    """
    marked = after_marker(reply)
    numbers = find_numbers(reply if marked is None else marked)
    if not numbers:
        return None
    return numbers[-1] if marked is None else numbers[0]


def find_numbers(text: str) -> list[Decimal]:
    """All numbers of a text in order."""
    return [_to_decimal(match) for match in _NUMBER.finditer(text)]


def _to_decimal(match: re.Match[str]) -> Decimal:
    exponent = f"e{match['exponent']}" if match["exponent"] else ""
    value = Decimal(match["digits"].replace(",", "") + exponent)
    # Not -value, which would round to the digits of the decimal context.
    return value.copy_negate() if match["sign"] in {"-", "\N{MINUS SIGN}"} else value


def show_number(value: Decimal) -> str:
    """A number as people write it, without trailing zeros or an exponent where that is short."""
    text = f"{value.normalize():f}"
    return text if len(text) <= 30 else str(value)
