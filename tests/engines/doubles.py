"""What the tests of the layers share: a model that does as it is told, and an event loop without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.pricing import Pricing
from textgrad_lite.engines.types import Completion, Message, Request, Usage

T = TypeVar("T")


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer whenever nothing else is left to do."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            # A timer that is due already may be set again at once because of rounding; time must pass.
            self.now = max(self.now + 1e-6, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(coroutine)


def now() -> float:
    return asyncio.get_running_loop().time()


class Model(Engine):
    """Answers with what ``answer`` returns or raises, after ``seconds``.

    ``requests`` and ``times`` hold what was sent and when; ``peak`` is the most that were open at once.
    """

    def __init__(
        self,
        answer: Callable[[Request], Completion] | None = None,
        *,
        seconds: float = 1.0,
        name: str = "fake/model",
        pricing: Pricing | None = None,
    ) -> None:
        self.name = name
        self.pricing = pricing
        self.requests: list[Request] = []
        self.times: list[float] = []
        self.peak = 0
        self.is_cancelled = False
        self._answer = answer or (lambda request: answering(f"answer to {request.messages[-1].text}"))
        self._seconds = seconds
        self._open = 0

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        self.times.append(now())
        self._open += 1
        self.peak = max(self.peak, self._open)
        try:
            await asyncio.sleep(self._seconds)
            return self._answer(request)
        except asyncio.CancelledError:
            self.is_cancelled = True
            raise
        finally:
            self._open -= 1


def ask(text: str = "hello", **parameters: Any) -> Request:
    return Request(messages=(Message.of("user", text),), **parameters)


def answering(text: str = "fine", *, tokens: tuple[int, int] = (10, 5), **fields: Any) -> Completion:
    usage = Usage(input_tokens=tokens[0], output_tokens=tokens[1])
    return Completion(text=text, usage=usage, model="model", **fields)


def in_turn(*outcomes: Completion | Exception) -> Callable[[Request], Completion]:
    """Return an answer function that goes through outcomes, the last one for ever."""
    left = list(outcomes)

    def answer(request: Request) -> Completion:
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return answer
