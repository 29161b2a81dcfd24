"""Asking a model for a new text until it can be used, or a fixed number of times.

A reply that was cut off, is empty or lacks the marks is never adopted; the model is asked once more, with
the reason. A text that breaks a constraint is told to the model too. Each repetition is a request of its own,
with the next attempt in :attr:`Request.sample`, so that no cache replays the reply that could not be used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, Message, Request, Usage
from textgrad_lite.errors import ParseError
from textgrad_lite.optimizers.constraints import Constraint, first_violation
from textgrad_lite.optimizers.proposal import total_usage
from textgrad_lite.optimizers.text_form import in_form_of
from textgrad_lite.prompts import parse, rewrite
from textgrad_lite.prompts.rewrite import RewriteTask

Marks = tuple[str, str]

_TAG = re.compile(r"<([\w-]+)>")

_CUT_OFF = "The reply was cut off before its end. Write a shorter text."
_EMPTY = "The reply was empty."
_REFUSED = "The reply was withheld."
_UNCHANGED = "The new text is the same as before. Change it."


@dataclass(frozen=True)
class Rewrite:
    """What came of asking.

    Attributes:
        text: The last text that could be read, or None.
        reason: Why it may not be used, or an empty text where it may.
        usage: What all calls used that were not answered from a cache.
        calls: How often the model was asked.
        shown: The first request, as text.
    """

    text: str | None
    reason: str
    usage: Usage
    calls: int
    shown: str


@dataclass(frozen=True)
class _Reading:
    """One reply: its text, or why there is none; and what is wrong with the text."""

    text: str | None
    fault: str

    @property
    def is_readable(self) -> bool:
        return self.text is not None


@dataclass(frozen=True)
class Rewriter:
    """How texts are asked for.

    Attributes:
        engine: Who is asked.
        constraints: What a new text has to fulfil.
        rules: The same in words, for conditions that no code can check.
        marks: The marks between which the new text is to stand.
        system_prompt: The user's own system prompt, or None for ours.
        attempts: How often one text is asked for at most, the first time included.
        is_structured: Ask for JSON by a schema where the engine enforces one.
        sampling: Further fields of the request, such as ``temperature``.
    """

    engine: Engine
    constraints: Sequence[Constraint] = ()
    rules: Sequence[str] = ()
    marks: Marks = rewrite.NEW_TEXT_TAGS
    system_prompt: str | None = None
    attempts: int = 2
    is_structured: bool = False
    sampling: Mapping[str, Any] = field(default_factory=dict)

    async def rewrite(self, task: RewriteTask, draw: int = 0) -> Rewrite:
        """Ask for a better version of a text.

        Args:
            task: The text and what the model gets to see of it. Our rules are added to it.
            draw: Which of several independent proposals this is.

        Raises:
            EngineError: The model could not be asked.
            BudgetExceededError: The budget does not allow another call.
        """
        request = self._request(task, draw)
        shown = "\n\n".join(message.text for message in request.messages)
        usages: list[Usage] = []
        readings: list[_Reading] = []
        for attempt in range(self.attempts):
            completion = await self.engine.complete(request.with_attempt(attempt))
            usages += [] if completion.is_cached else [completion.usage]
            readings.append(await self._read(completion, task.text))
            if not readings[-1].fault or sum(not reading.is_readable for reading in readings) > 1:
                break
            request = self._repair(request, completion, readings[-1])
        last = readings[-1]
        return Rewrite(last.text, last.fault, total_usage(usages), len(readings), shown)

    @property
    def _replies_in_json(self) -> bool:
        return self.is_structured and self.engine.supports_schema

    @property
    def _asked_marks(self) -> Marks | None:
        return None if self._replies_in_json else self.marks

    def _request(self, task: RewriteTask, draw: int) -> Request:
        demands = [demand for part in self.constraints if (demand := part.describe(task.text))]
        task = replace(task, rules=(*task.rules, *self.rules, *demands))
        schema = rewrite.NEW_TEXT_SCHEMA if self._replies_in_json else None
        return Request(
            messages=(
                Message.of("system", rewrite.render_rewriter(self.marks, self.system_prompt)),
                Message.of("user", rewrite.render_rewrite_request(task, self._asked_marks)),
            ),
            output_schema=schema,
            sample=(draw, 0),
            purpose="optimizer",
            **self.sampling,
        )

    def _repair(self, request: Request, completion: Completion, reading: _Reading) -> Request:
        """The same conversation, continued; a reply that was cut off is not repeated in it."""
        complaint = rewrite.render_rewrite_repair(reading.fault, self._asked_marks)
        *before, last = request.messages
        if parse.is_whole(completion.text, completion.finish_reason):
            said = (Message.of("assistant", completion.text), Message.of("user", complaint))
            messages = (*before, last, *said)
        else:
            messages = (*before, Message.of("user", *last.parts, complaint))
        return request.model_copy(update={"messages": messages})

    async def _read(self, completion: Completion, old: str) -> _Reading:
        try:
            text = self._text(completion)
        except ParseError as error:
            return _Reading(None, error.message)
        new = in_form_of(old, text)
        if new == old:
            return _Reading(new, _UNCHANGED)
        # Conditions are the user's code: they may be slow, or wait for something.
        return _Reading(new, await runtime.call_user(first_violation, self.constraints, old, new) or "")

    def _text(self, completion: Completion) -> str:
        """The text that a reply holds.

        Raises:
            ParseError: There is none; the message says so to the model.
        """
        if not parse.is_whole(completion.text, completion.finish_reason):
            raise ParseError(_fault_of(completion))
        text = self._structured_text(completion) if self._replies_in_json else self._marked_text(completion)
        if not text.strip():
            raise ParseError("The reply holds no new text.")
        return text

    def _marked_text(self, completion: Completion) -> str:
        start, end = self.marks
        tag = _TAG.fullmatch(start)
        if tag and end == f"</{tag[1]}>":
            text = parse.extract_tag(completion.text, tag[1], finish_reason=completion.finish_reason)
        else:
            text = parse.extract_between(completion.text, start, end, finish_reason=completion.finish_reason)
        if text is None:
            raise ParseError(f"The marks {start} and {end} round the new text are missing.")
        return text

    def _structured_text(self, completion: Completion) -> str:
        reply = parse.extract_json(completion.text)
        text = reply.get(rewrite.NEW_TEXT_FIELD) if isinstance(reply, dict) else None
        if not isinstance(text, str):
            raise ParseError(f'The JSON lacks the text "{rewrite.NEW_TEXT_FIELD}".')
        return text


def _fault_of(completion: Completion) -> str:
    if completion.finish_reason == "length":
        return _CUT_OFF
    return _EMPTY if completion.finish_reason in {"stop", "other"} else _REFUSED
