"""The metric that compares JSON."""

from __future__ import annotations

import json
from typing import Any

from textgrad_lite.data.example import Example
from textgrad_lite.errors import MetricError, ParseError
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.prompts.parse import extract_json


class Json(Metric):
    """The reply's JSON equals the target's; for objects, the score is the share of fields that are right.

    The share is taken over all names that either object has on its top level. Without a target, any JSON
    is right.
    """

    name = "json"
    description = "The reply must be JSON that is equal to the expected JSON, field by field."

    def check(self, example: Example) -> None:
        """The target has to be JSON, if there is one."""
        if example.target is not None:
            _expected(example, example.target)

    async def score(self, example: Example, output: str) -> MetricResult:
        """Parses the reply and compares it with the target."""
        try:
            found = extract_json(output)
        except ParseError as error:
            return MetricResult(
                score=0.0, kind="unparsable", feedback=f"The reply is no JSON: {error.message}."
            )
        answer = _dump(found)
        if example.target is None:
            return MetricResult(score=1.0, kind="right", answer=answer, feedback="Right: it is JSON.")
        expected = _expected(example, example.target)
        if _equal(found, expected):
            return MetricResult(
                score=1.0, kind="right", answer=answer, feedback="Right: all of it is as expected."
            )
        if isinstance(found, dict) and isinstance(expected, dict):
            return _compare_fields(found, expected, answer)
        feedback = f"The reply should be {_dump(expected)}, but it was {answer}."
        return MetricResult(score=0.0, answer=answer, feedback=feedback)


def _compare_fields(found: dict[str, Any], expected: dict[str, Any], answer: str) -> MetricResult:
    names = list(dict.fromkeys([*expected, *found]))
    problems = [problem for name in names if (problem := _field_problem(name, found, expected)) is not None]
    share = 1 - len(problems) / len(names)
    return MetricResult(score=share, answer=answer, feedback=" ".join(problems))


def _field_problem(name: str, found: dict[str, Any], expected: dict[str, Any]) -> str | None:
    if name not in found:
        return f"The field {name!r} is missing; it should be {_dump(expected[name])}."
    if name not in expected:
        return f"The field {name!r} is not expected."
    if not _equal(found[name], expected[name]):
        return f"The field {name!r} should be {_dump(expected[name])}, it is {_dump(found[name])}."
    return None


def _equal(left: Any, right: Any) -> bool:
    """Equality of JSON values: numbers by value, but a truth value is no number."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return bool(isinstance(left, bool) == isinstance(right, bool) and left == right)


def _expected(example: Example, target: str) -> Any:
    try:
        return json.loads(target)
    except json.JSONDecodeError as error:
        raise MetricError(
            f"the metric json needs JSON as expected answer; that of example {example.id!r} is not: {error}",
            hint="Mend the data, or use another metric such as exact.",
        ) from error


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
