"""Metrics that a user writes: any Python function that scores an output."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from textgrad_lite import runtime
from textgrad_lite.data.example import Example
from textgrad_lite.errors import ConfigurationError, MetricError
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.metrics.user_file import last_line_of, load_object, split_place

_NAMES = ("output", "target", "input", "example")
_RIGHT = 1 - 1e-9


class UserMetric(Metric):
    """A function as a metric.

    The function gets what its parameters are named after: ``output``, ``target``, ``input`` or ``example``.
    Where they have other names, it gets ``(output, target)``, or the output alone. It returns True or False,
    a number from 0 to 1, a pair (score, feedback), or a :class:`MetricResult`. Coroutine functions will do.

    Args:
        function: The function.
        name: How the metric is called; the function's own name if None.
        fingerprint: Text that changes with the function's code.

    Raises:
        ConfigurationError: If the function takes parameters that cannot be filled.
    """

    def __init__(
        self, function: Callable[..., Any], *, name: str | None = None, fingerprint: str | None = None
    ) -> None:
        self._function = function
        self._by_name, self._count = _signature(function)
        self.name = name or str(getattr(function, "__name__", type(function).__name__))
        self.description = _first_line(inspect.getdoc(function)) or "A program scores the reply."
        self._fingerprint = fingerprint or self.name

    async def score(self, example: Example, output: str) -> MetricResult:
        """Calls the function, on a thread of its own where it is a plain one."""
        given: Mapping[str, Any] = {
            "output": output,
            "target": example.target,
            "input": example.input,
            "example": example,
        }
        positional = [] if self._by_name else [output, example.target][: self._count]
        named = {name: given[name] for name in self._by_name}
        try:
            returned = await runtime.call_user(self._function, *positional, **named)
        except Exception as error:
            raise MetricError(
                f"the metric {self.name} raised {type(error).__name__} on example {example.id!r}"
                f"{last_line_of(error)}: {error}",
                hint="A metric must score any reply, also an empty or a senseless one.",
            ) from error
        return self._as_result(returned, example)

    def fingerprint(self) -> str:
        """The name, and a digest of the file that holds the function where it came from one."""
        return self._fingerprint

    def _as_result(self, returned: object, example: Example) -> MetricResult:
        try:
            return _as_result(returned)
        except (TypeError, ValueError) as error:
            problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise MetricError(
                f"the metric {self.name} returned {returned!r} for example {example.id!r}: {problem}",
                hint="Return True or False, a number from 0 to 1, or a pair (score, feedback).",
            ) from error


def as_metric(function: Metric | Callable[..., Any]) -> Metric:
    """Makes a metric of a function; a metric is returned as it is. See :class:`UserMetric`.

    Raises:
        ConfigurationError: If it is neither.
    """
    if isinstance(function, Metric):
        return function
    if not callable(function):
        raise ConfigurationError(
            f"{function!r} is no metric",
            hint="Pass a Metric or a function; get_metric makes one by its name.",
        )
    return UserMetric(function)


def load_metric(place: str) -> Metric:
    """Loads ``FILE.py:FUNCTION``, or a :class:`Metric` that the file makes.

    Raises:
        ConfigurationError: If there is no such file or function, or the file cannot be run.
    """
    path, name = split_place(place)
    made = load_object(place)
    if isinstance(made, Metric):
        return made
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return UserMetric(made, name=f"{path.name}:{name}", fingerprint=f"python:{name}:{digest}")


def _signature(function: Callable[..., Any]) -> tuple[tuple[str, ...], int]:
    """Which parameters are filled by name; or else how many are filled in order."""
    parameters = inspect.signature(function).parameters.values()
    required = [
        p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    if required and all(name in _NAMES for name in required):
        known = [p for p in parameters if p.name in _NAMES and p.kind is not p.POSITIONAL_ONLY]
        return tuple(p.name for p in known), 0
    if not 1 <= len(required) <= 2:
        raise ConfigurationError(
            f"a metric cannot take the parameters ({', '.join(required)})",
            hint=f"It takes (output, target), or any of the parameters {', '.join(_NAMES)} by name.",
        )
    return (), len(required)


def _as_result(returned: object) -> MetricResult:
    if isinstance(returned, MetricResult):
        return returned
    score, feedback = returned if isinstance(returned, tuple) and len(returned) == 2 else (returned, None)
    if not hasattr(score, "__float__"):
        raise TypeError("this is no score")
    value = float(score)
    is_right = value >= _RIGHT
    words = feedback if feedback is not None else ("Right." if is_right else f"Scored {value:g} of 1.")
    return MetricResult(score=value, feedback=str(words), kind="right" if is_right else "wrong")


def _first_line(text: str | None) -> str:
    return text.strip().splitlines()[0].strip() if text and text.strip() else ""
