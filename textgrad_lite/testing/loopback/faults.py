"""What can go wrong with a request, and the sources that say when it does.

A source is any callable ``(LoopbackRequest) -> Fault | None``; those here cover what real providers do.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from textgrad_lite.testing.loopback.messages import LoopbackRequest

FaultKind = Literal[
    # refused with a status
    "rate_limit",
    "quota",
    "server_error",
    "overloaded",
    "unauthorized",
    "forbidden",
    "model_not_found",
    "responses_only",
    "context_length",
    "unsupported_parameter",
    "unsupported_value",
    "bad_request",
    # the connection
    "drop",
    "cut",
    "slow",
    # an answer that cannot be used as it is
    "malformed",
    "truncated",
    "empty",
    "refusal",
    "filter",
    "missing_tags",
]

PASSING: tuple[FaultKind, ...] = ("rate_limit", "server_error", "overloaded", "drop", "cut", "malformed")
"""Faults after which the same request, sent again, may well succeed."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request.

    Attributes:
        kind: What.
        retry_after: For a refusal: seconds that the server asks to wait, sent as Retry-After.
        delay: Seconds that the response comes late, besides the server's latency.
        parameter: Name on the wire of the parameter that is refused.
        message: Replaces the provider's usual words.
    """

    kind: FaultKind
    retry_after: float | None = None
    delay: float = 0.0
    parameter: str | None = None
    message: str | None = None


FaultSource = Callable[[LoopbackRequest], Fault | None]


@dataclass
class Scripted:
    """Gives the listed faults to the first requests, one each; None lets one pass. Then nothing more.

    Args:
        faults: Kinds, whole faults, or None, in order of arrival.
    """

    faults: Sequence[FaultKind | Fault | None]
    _left: deque[FaultKind | Fault | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._left = deque(self.faults)

    def __call__(self, _request: LoopbackRequest) -> Fault | None:
        """Return the next fault of the script."""
        fault = self._left.popleft() if self._left else None
        return Fault(fault) if isinstance(fault, str) else fault


@dataclass
class Seeded:
    """Gives a share of the requests a fault, the same ones in every run.

    The draw depends on the seed, on what is asked and on how often it was asked before, never on the order
    of arrival: concurrent programs meet the same faults every time.

    Args:
        rate: Share of requests that fail, 0 to 1.
        seed: Another seed, other faults.
        kinds: What may happen, each with the same probability.
        in_a_row: After that many faults for the same request, it passes.
    """

    rate: float
    seed: int = 0
    kinds: Sequence[FaultKind | Fault] = PASSING
    in_a_row: int = 2
    _asked: Counter[str] = field(default_factory=Counter, init=False, repr=False)
    _failed: Counter[str] = field(default_factory=Counter, init=False, repr=False)

    def __call__(self, request: LoopbackRequest) -> Fault | None:
        """Draw this request's fault."""
        asked = hashlib.sha256(json.dumps(request.body, sort_keys=True).encode()).hexdigest()
        draw = random.Random(f"{self.seed} {asked} {self._asked[asked]}")  # noqa: S311
        self._asked[asked] += 1
        if draw.random() >= self.rate or self._failed[asked] >= self.in_a_row:
            self._failed[asked] = 0
            return None
        self._failed[asked] += 1
        kind = draw.choice(self.kinds)
        return kind if isinstance(kind, Fault) else Fault(kind)


@dataclass(frozen=True)
class RejectsParameter:
    """Refuses requests that carry a parameter, as models do that have no sampling parameters.

    Args:
        name: Name on the wire, such as ``"temperature"``.
        kind: ``"unsupported_value"`` words the refusal as one of the value.
    """

    name: str
    kind: FaultKind = "unsupported_parameter"

    def __call__(self, request: LoopbackRequest) -> Fault | None:
        """Refuse the request if it has the parameter."""
        return Fault(self.kind, parameter=self.name) if self.name in request.body else None


@dataclass(frozen=True)
class RequiresKey:
    """Lets only one key in."""

    key: str = field(repr=False)

    def __call__(self, request: LoopbackRequest) -> Fault | None:
        """Refuse any other key."""
        is_right = request.key_digest == hashlib.sha256(self.key.encode()).hexdigest()
        return None if is_right else Fault("unauthorized")


class KnowsModels:
    """Knows only the named models."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)

    def __call__(self, request: LoopbackRequest) -> Fault | None:
        """Refuse any other model."""
        return None if request.model in self.names else Fault("model_not_found")


@dataclass(frozen=True)
class ContextWindow:
    """Refuses requests of more words than the model's context holds tokens."""

    tokens: int

    def __call__(self, request: LoopbackRequest) -> Fault | None:
        """Refuse a request that is too long."""
        return Fault("context_length") if len(request.text.split()) > self.tokens else None


def only_responses(request: LoopbackRequest) -> Fault | None:
    """Refuse chat completions, as OpenAI does for models that only the responses API serves."""
    return Fault("responses_only") if request.api == "chat" else None
