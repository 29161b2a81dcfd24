"""Tests of textgrad_lite.metrics.numeric."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics import get_metric


@pytest.mark.parametrize(
    "target, output, kind",
    [
        ("8", "1 + 7 = 8", "right"),
        ("-5", "Answer: -5", "right"),
        ("5", "Answer: -5", "wrong"),
        ("3.9", "3.9", "right"),
        ("3", "3.9", "wrong"),
        ("1234.5", "$1,234.50", "right"),
        ("0", "I cannot say", "unparsable"),
        ("#### 18", "18", "right"),
    ],
)
async def test_numeric(target: str, output: str, kind: str) -> None:
    result = await get_metric("numeric").score(Example(id="1", input="q", target=target), output)
    assert (result.kind, result.score) == (kind, float(kind == "right"))


async def test_feedback_says_what_was_expected_and_what_came() -> None:
    metric, example = get_metric("numeric"), Example(id="1", input="q", target="8")
    assert (await metric.score(example, "so it is 7")).feedback == "The answer should be 8, but it was 7."
    assert "holds no number" in (await metric.score(example, "eight")).feedback
    assert (await metric.score(example, "8")).answer == "8"


async def test_a_target_without_a_number_is_an_error_in_the_data() -> None:
    with pytest.raises(MetricError, match="example '3' has 'eight'"):
        await get_metric("numeric").score(Example(id="3", input="q", target="eight"), "8")
