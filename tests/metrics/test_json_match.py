"""Tests of textgrad_lite.metrics.json_match."""

from __future__ import annotations

import json

import pytest

from textgrad_lite.data import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics import get_metric


def example(target: object) -> Example:
    return Example(id="7", input="q", target=None if target is None else json.dumps(target))


@pytest.mark.parametrize(
    "target, output, score, kind",
    [
        ({"a": 1, "b": "x"}, '{"b": "x", "a": 1.0}', 1.0, "right"),
        ({"a": 1}, 'Here it is:\n```json\n{"a": 1}\n```', 1.0, "right"),
        ({"a": 1, "b": 2}, '{"a": 1}', 0.5, "wrong"),
        ({"a": 1}, '{"a": 1, "b": 2}', 0.5, "wrong"),
        ({"a": 1}, '{"a": true}', 0.0, "wrong"),
        ({"a": {"b": [1, 2]}}, '{"a": {"b": [1, 2]}}', 1.0, "right"),
        ({"a": {"b": [1, 2]}}, '{"a": {"b": [2, 1]}}', 0.0, "wrong"),
        ([1, 2], "[1, 2, 3]", 0.0, "wrong"),
        ([1, {"a": None}], '[1, {"a": null}]', 1.0, "right"),
        (3, "3", 1.0, "right"),
        ({"a": 1}, "{a: 1}", 0.0, "unparsable"),
        (None, '{"anything": []}', 1.0, "right"),
        (None, "nothing", 0.0, "unparsable"),
    ],
)
async def test_json(target: object, output: str, score: float, kind: str) -> None:
    result = await get_metric("json").score(example(target), output)
    assert (result.score, result.kind) == (score, kind)
    assert result.feedback


async def test_feedback_goes_field_by_field() -> None:
    result = await get_metric("json").score(example({"a": 1, "b": 2, "c": 3}), '{"a": 5, "b": 2, "d": 4}')
    assert result.score == pytest.approx(1 / 4)
    assert result.feedback == (
        "The field 'a' should be 1, it is 5. The field 'c' is missing; it should be 3. "
        "The field 'd' is not expected."
    )


async def test_a_target_that_is_no_json_is_an_error_in_the_data() -> None:
    with pytest.raises(MetricError, match="example '7' is not"):
        await get_metric("json").score(Example(id="7", input="q", target="{"), "{}")
