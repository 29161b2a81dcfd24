"""An engine whose answers the test writes."""

from __future__ import annotations

import inspect
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, Purpose, Request, Usage
from textgrad_lite.errors import ScriptExhaustedError

Line = str | Completion | Exception
"""One answer: its text, a whole completion, or an error that is raised."""

LineFunction = Callable[[Request], Line | Awaitable[Line]]
Answer = Line | LineFunction | Iterable[Line]
"""What a rule answers: the same each time, what a function says, or one line after the other, once each."""

_LONGEST_QUOTE = 300


@dataclass
class Rule:
    """Which requests are answered, and how.

    Attributes:
        answer: The answer to every request that the rule fits, or a function that makes it.
        lines: Answers that are given one after the other; the rule fits no more when they are used up.
        purpose: The purpose of the request, or None for any.
        matches: Regular expression that is found in the text of the request, or None for any.
        when: Function that tells whether a request fits, or None for any.
    """

    answer: Line | LineFunction | None = None
    lines: deque[Line] | None = None
    purpose: Purpose | None = None
    matches: re.Pattern[str] | None = None
    when: Callable[[Request], bool] | None = None

    def fits(self, request: Request) -> bool:
        """Return whether this rule answers a request."""
        if self.lines is not None and not self.lines:
            return False
        return (
            self.purpose in (None, request.purpose)
            and (self.matches is None or self.matches.search(get_text(request)) is not None)
            and (self.when is None or self.when(request))
        )

    def take(self) -> Line | LineFunction | None:
        """Return the next answer."""
        return self.lines.popleft() if self.lines is not None else self.answer

    def describe(self) -> str:
        """Return in words what the rule fits."""
        parts = [
            f"purpose {self.purpose!r}" if self.purpose else "",
            f"text matching {self.matches.pattern!r}" if self.matches else "",
            f"{getattr(self.when, '__name__', 'a condition')}(request)" if self.when else "",
            "used up" if self.lines is not None and not self.lines else "",
        ]
        return ", ".join(filter(None, parts)) or "any request"


class ScriptedEngine(Engine):
    """Answers from a script, and fails when the script has nothing to say.

    Rules are asked first, in the order in which they were made; what none fits takes the next line of the
    queue. Concurrent requests reach the queue in the order in which the program made them; where that is not
    certain, use rules. Functions of the script are called on the runtime's loop and must not block.

    Args:
        lines: The queue: answers in order.
        name: How the engine is called. Engines that answer differently and share a cache need two names.
        supports_schema: Whether it claims to enforce JSON schemas.

    Attributes:
        requests: Every request so far, in order.

    Example:
        >>> engine = ScriptedEngine(["Paris"]).on("Too long.", purpose="loss").on("4", matches="2 *[+] *2")
        >>> engine.generate("What is 2+2?"), engine.generate("The capital of France?")
        ('4', 'Paris')
    """

    def __init__(
        self, lines: Iterable[Line] = (), *, name: str = "scripted", supports_schema: bool = False
    ) -> None:
        self.name = name
        self.supports_schema = supports_schema
        self.requests: list[Request] = []
        self._rules: list[Rule] = []
        self._queue = Rule(lines=deque(lines))

    def on(
        self,
        answer: Answer,
        *,
        purpose: Purpose | None = None,
        matches: str | re.Pattern[str] | None = None,
        when: Callable[[Request], bool] | None = None,
    ) -> Self:
        """Add a rule; a request has to meet every condition that is given.

        Args:
            answer: A text, a `Completion`, an error to raise, a function from the request to one of these
                (plain or async), or an iterable of these, each given once.
            purpose: Only requests for this purpose.
            matches: Only requests in whose text, system prompt included, this regular expression is found;
                a dot matches line ends too.
            when: Only requests for which this function returns True.

        Returns:
            The engine itself.
        """
        pattern = re.compile(matches, re.DOTALL) if isinstance(matches, str) else matches
        rule = Rule(purpose=purpose, matches=pattern, when=when)
        if isinstance(answer, (str, Completion, Exception)) or callable(answer):
            rule.answer = answer
        else:
            rule.lines = deque(answer)
        self._rules.append(rule)
        return self

    def say(self, *lines: Line) -> Self:
        """Add answers to the queue; return the engine itself."""
        assert self._queue.lines is not None
        self._queue.lines.extend(lines)
        return self

    def asked(self, purpose: Purpose | None = None) -> list[str]:
        """Return the text of every request so far, of one purpose or of all."""
        return [get_text(request) for request in self.requests if purpose in (None, request.purpose)]

    def identity(self) -> Mapping[str, str]:
        """Return what tells this engine's answers from another's: its name."""
        return {"provider": "scripted", "base_url": "", "model": self.name}

    async def complete(self, request: Request) -> Completion:
        """Answer from the script.

        Raises:
            ScriptExhaustedError: No rule fits and the queue is empty.
        """
        self.requests.append(request)
        rule = next((rule for rule in (*self._rules, self._queue) if rule.fits(request)), None)
        if rule is None:
            raise self._make_error(request)
        line = rule.take()
        said = line(request) if callable(line) else line
        return make_completion(await said if inspect.isawaitable(said) else said, request, self.name)

    def _make_error(self, request: Request) -> ScriptExhaustedError:
        rules = "".join(f"\n  - {rule.describe()}" for rule in self._rules) or " none"
        return ScriptExhaustedError(
            f"{self.name} has no answer to request {len(self.requests)} (purpose {request.purpose!r}):\n"
            f"{quote(request)}",
            hint=f"The queue is empty. Rules:{rules}",
        )


def make_completion(line: Line | None, request: Request, model: str) -> Completion:
    """Return an answer as a completion, its tokens counted in words.

    Raises:
        Exception: The line itself, if it is one.
    """
    if isinstance(line, Exception):
        raise line
    if isinstance(line, Completion):
        return line
    text = line or ""
    usage = Usage(input_tokens=len(get_text(request).split()), output_tokens=len(text.split()))
    return Completion(text=text, usage=usage, model=model)


def get_text(request: Request) -> str:
    """Return all text of a request, one message after another."""
    return "\n".join(message.text for message in request.messages)


def quote(request: Request) -> str:
    """Return what was asked, role by role, shortened to what fits on a screen."""
    return "\n".join(f"  {message.role}: {_shorten(message.text)}" for message in request.messages)


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}… ({len(text)} characters)"
