"""Reading what a model replied, whatever it wrapped around what was asked for.

Nothing here adopts a reply that did not end by itself: the caller passes on why the model stopped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textgrad_lite.errors import ParseError

_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"\A(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<inside>.*?)\n?(?P=fence)\Z", re.DOTALL)
_LINE_LEAD = re.compile(r"[\s>*`#-]*")
_DECODER = json.JSONDecoder()


def is_whole(reply: str, finish_reason: str) -> bool:
    """True where a reply has text and ended by itself, neither cut off nor refused."""
    return bool(reply.strip()) and finish_reason in {"stop", "other"}


def strip_thoughts(reply: str) -> str:
    """Drop the ``<think>`` block that reasoning models put before their answer."""
    return _THOUGHTS.sub("", reply).strip()


def strip_fences(text: str) -> str:
    """Take the inside of a code fence where the fence holds the whole text, else the text as it is."""
    match = _FENCE.match(text.strip())
    if match is None or match["fence"] in match["inside"]:
        return text
    return match["inside"]


def extract_tag(reply: str, tag: str, *, finish_reason: str = "stop") -> str | None:
    """Find what a model wrote between ``<tag>`` and ``</tag>``.

    The inside is taken as it is, not as XML: ``<`` and ``&`` in it mean nothing. Prose and code fences around
    the tags are skipped, upper and lower case are the same, and of several blocks the last counts. A closing
    tag that is missing at the end of a reply that ended by itself is forgiven.

    Args:
        reply: The whole reply.
        tag: The name of the tag.
        finish_reason: Why the model stopped, as in ``Completion.finish_reason``.

    Returns:
        The text inside, stripped, or None where there is none or the reply was cut off.
    """
    return _extract(reply, _Marks.of_tag(tag), finish_reason)


def extract_between(reply: str, start: str, end: str, *, finish_reason: str = "stop") -> str | None:
    """Find what a model wrote between two marks of any form; else as :func:`extract_tag`."""
    return _extract(reply, _Marks(re.compile(re.escape(start)), re.compile(re.escape(end))), finish_reason)


def extract_json(reply: str) -> Any:
    """Find the JSON object or list in a reply: the whole of it, a fence in it, or the longest between prose.

    Raises:
        ParseError: There is none. The message says what is wrong with it, for asking once more.
    """
    text = strip_fences(strip_thoughts(reply))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        found = max(_json_values(text), key=lambda span: span.length, default=None)
        if found is None:
            raise ParseError(f"the reply holds no complete JSON object: {error}") from error
        return found.value


@dataclass(frozen=True)
class _Decoded:
    value: Any
    length: int


def _json_values(text: str) -> Iterator[_Decoded]:
    end = 0
    for start in (match.start() for match in re.finditer(r"[{\[]", text)):
        if start < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, start)
        except ValueError:
            continue
        except RecursionError:
            return  # or a reply of nothing but brackets would be read again from each of them
        yield _Decoded(value, end - start)


@dataclass(frozen=True)
class _Marks:
    """What opens and what closes a block."""

    opening: re.Pattern[str]
    closing: re.Pattern[str]

    @classmethod
    def of_tag(cls, tag: str) -> _Marks:
        name = re.escape(tag)
        return cls(
            re.compile(rf"<\s*{name}(?:\s[^<>]*)?>", re.IGNORECASE),
            re.compile(rf"<\s*/\s*{name}\s*>", re.IGNORECASE),
        )


@dataclass(frozen=True)
class _Block:
    start: int
    end: int
    is_at_line_start: bool


def _extract(reply: str, marks: _Marks, finish_reason: str) -> str | None:
    if not is_whole(reply, finish_reason):
        return None
    text = strip_fences(strip_thoughts(reply))
    blocks = _blocks(text, marks)
    if finish_reason == "stop" and not any(block.is_at_line_start for block in blocks):
        blocks += _block_left_open(text, marks)
    best = [block for block in blocks if block.is_at_line_start] or blocks
    insides = (text[block.start : block.end].strip() for block in reversed(best))
    return next((inside for inside in insides if inside), None)


def _blocks(text: str, marks: _Marks) -> list[_Block]:
    """List the outermost pairs of marks in order. Marks that pair with nothing, as in prose, are skipped."""
    places = [(mark.start(), mark.end(), True) for mark in marks.opening.finditer(text)]
    places += [(mark.start(), mark.end(), False) for mark in marks.closing.finditer(text)]
    unpaired: list[tuple[int, bool]] = []
    blocks: list[_Block] = []
    for start, end, is_opening in sorted(places):
        if is_opening:
            unpaired.append((end, _is_at_line_start(text, start)))
        elif unpaired:
            inside, is_at_line_start = unpaired.pop()
            while blocks and blocks[-1].start > inside:
                blocks.pop()
            blocks.append(_Block(inside, start, is_at_line_start))
    return blocks


def _block_left_open(text: str, marks: _Marks) -> list[_Block]:
    """Read from the first opening mark that begins a line to the last closing mark, or else to the end."""
    openings = marks.opening.finditer(text)
    start = next((mark.end() for mark in openings if _is_at_line_start(text, mark.start())), None)
    if start is None:
        return []
    ends = [mark.start() for mark in marks.closing.finditer(text, start)]
    return [_Block(start, ends[-1] if ends else len(text), is_at_line_start=True)]


def _is_at_line_start(text: str, position: int) -> bool:
    line_start = text.rfind("\n", 0, position) + 1
    return _LINE_LEAD.fullmatch(text, line_start, position) is not None
