"""The model of a simulated task: it acts as student, critic and rewriter.

The critic finds out about what a case needs only from the text that a model would get, and so does the
rewriter. They recognise what they are asked by the marks and wording of this library's own prompts.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.pricing import FREE
from textgrad_lite.engines.types import Completion, Request, Usage
from textgrad_lite.errors import ScriptExhaustedError
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS

if TYPE_CHECKING:
    from textgrad_lite.testing.simulated_task import SimulatedTask

VOCABULARY = (
    "brindle",
    "croft",
    "dapple",
    "embrow",
    "fennick",
    "garrow",
    "hobnel",
    "ivrel",
    "jessop",
    "kindlow",
    "larkspar",
    "mottle",
    "nuthatch",
    "ostler",
    "pelgrin",
    "quillon",
    "rudder",
    "saffrel",
    "tansy",
    "umbrel",
    "vetchling",
    "wicket",
    "yarrol",
    "zephrin",
)
"""What requirements and distractors are drawn from."""

_CASE = re.compile(r"Case (\d+) of the ledger")
_MISSING = re.compile(r"done without (\w+)")
_ASTRAY = re.compile(r"led astray by (\w+)")
_WISH = re.compile(r"ask for (\w+)")
_DROP = re.compile(r"should drop (\w+)")
_CHANGE = re.compile(r"<(change_\d+)>")
_FIRST_BLOCK = re.compile(r"^<([\w-]+)>\n(.*?)\n</\1>$", re.DOTALL | re.MULTILINE)
_BLOCK = r"^<({}[\w-]*)>\n(.*?)\n</\1>$"
_EARLIER = re.compile(_BLOCK.format("earlier_text"), re.DOTALL | re.MULTILINE)
_MATE = re.compile(_BLOCK.format("other_version"), re.DOTALL | re.MULTILINE)
_VERBS = ("Use", "Employ", "Take", "Apply", "Bring", "Mind")
_VERB = re.compile(rf"\b(?:{'|'.join(_VERBS)})\b")
_MOST_EDITS = 2


class SimulatedModel(Engine):
    """The model of a :class:`SimulatedTask`; it counts a token per word, and costs nothing.

    Attributes:
        calls: How many requests it got.
    """

    def __init__(self, task: SimulatedTask, name: str, slips: float = 0.0) -> None:
        self.name = f"simulated/{name}"
        self.pricing = FREE
        self.calls = 0
        self._task = task
        self._slips = slips

    async def complete(self, request: Request) -> Completion:
        """Answers as student, critic or rewriter."""
        self.calls += 1
        text = "\n\n".join(message.text for message in request.messages)
        if request.purpose == "forward":
            reply = self._settle(text)
        elif request.purpose in ("backward", "loss"):
            reply = _criticise(text)
        elif request.purpose == "optimizer":
            reply = _rewrite(text, sum(request.sample), self._slips)
        else:
            raise ScriptExhaustedError(
                f"the simulated model has no answer to a request for {request.purpose}"
            )
        usage = Usage(input_tokens=len(text.split()), output_tokens=len(reply.split()), cost_usd=0.0)
        return Completion(text=reply, usage=usage, model=self.name)

    def _settle(self, text: str) -> str:
        """The student: the last case in the text is the one to settle, all else is the prompt."""
        cases = list(_CASE.finditer(text))
        if not cases:
            return "There is no case."
        number = int(cases[-1].group(1))
        prompt = text[: cases[-1].start()]
        if self._task.is_solved(number, prompt):
            return f"{self._task.solution(number, prompt)}\nAnswer: {self._task.answer(number)}"
        return f"{self._task.complaint(number, prompt)}\nAnswer: none"


def _criticise(text: str) -> str:
    """The critic: asks for what the student says that it did without."""
    found, astray = _MISSING.findall(text), _ASTRAY.findall(text)
    if found:
        remark = f"The text should ask for {list(dict.fromkeys(found))[-1]}."
    else:
        remark = f"The text should drop {astray[-1]}." if astray else "The text should be clearer."
    changes = list(dict.fromkeys(_CHANGE.findall(text)))
    return "\n".join(f"<{change}>{remark}</{change}>" for change in changes) or remark


def _rewrite(text: str, draw: int, slips: float) -> str:
    """The rewriter: makes what is asked for of the texts that it is shown; draws differ."""
    roll = int.from_bytes(hashlib.sha256(f"{draw} {text}".encode()).digest()[:8], "big")
    old = _old(text)
    if roll % 1000 < 1000 * slips:
        # Useless rewrites are seldom the same twice.
        new = f"{_without(old, _words(old)[-1:])} Use care at point {roll % 997}."
    elif mates := _MATE.findall(text):
        new = _with(old, [word for _, mate in mates for word in _words(mate) if word not in old])
    elif "in other words" in text:
        new = _VERB.sub(_VERBS[draw % len(_VERBS)], f"{old} Use care.")
    elif "Write a variation of it" in text:
        word = VOCABULARY[roll % len(VOCABULARY)]
        new = _without(old, [word]) if word in old else _with(old, [word])
    else:
        new = _edited(text, old, draw)
    start, end = NEW_TEXT_TAGS
    return f"{start}\n{new}\n{end}"


def _edited(text: str, old: str, draw: int) -> str:
    """Adds some of the words that are asked for, and drops what led astray; which, depends on the draw."""
    is_history = _old(text) != _first(text)
    asked = _MISSING.findall(text) if is_history else _WISH.findall(text)
    wishes = list(dict.fromkeys(word for word in asked if word not in old))
    dropped = [word for word in (_ASTRAY if is_history else _DROP).findall(text) if word in old]
    turned = wishes[draw % len(wishes) :] + wishes[: draw % len(wishes)] if wishes else []
    return _with(_without(old, dropped), turned[:_MOST_EDITS] or ([] if dropped else ["care"]))


def _old(text: str) -> str:
    """The text to set out from: the first that is shown; the last one of a row of texts."""
    row = _EARLIER.findall(text)
    return str(row[-1][1]) if row and "scores higher than the last one" in text else _first(text)


def _first(text: str) -> str:
    block = _FIRST_BLOCK.search(text)
    return block.group(2) if block else ""


def _words(text: str) -> list[str]:
    """What a text asks for, in its order."""
    return sorted((word for word in VOCABULARY if word in text), key=text.index)


def _with(text: str, words: list[str]) -> str:
    return f"{text} Use {' and '.join(words)}." if words else f"{text} Use care."


def _without(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, "care")
    return text
