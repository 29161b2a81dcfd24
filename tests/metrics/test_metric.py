"""Tests of textgrad_lite.metrics.metric."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics import as_metric, get_metric
from textgrad_lite.metrics.metric import check_examples


def example(target: str | None, name: str = "1") -> Example:
    return Example(id=name, input="q", target=target)


@pytest.mark.parametrize(
    "name, bad, good",
    [
        ("exact", None, "x"),
        ("contains", None, "x"),
        ("numeric", "eight", "8"),
        ("json", "{", None),
        (r"regex:(\d+)", None, "8"),
    ],
)
def test_what_a_metric_could_not_score_is_found_beforehand(
    name: str, bad: str | None, good: str | None
) -> None:
    metric = get_metric(name)
    check_examples(metric, [example(good)])
    with pytest.raises(MetricError, match="example '3'"):
        check_examples(metric, [example(good), example(bad, "3")])


def test_a_pattern_without_a_group_and_a_function_need_no_target() -> None:
    for metric in (get_metric("regex:x"), as_metric(lambda output: output == "x")):
        check_examples(metric, [example(None)])


def test_all_bad_examples_are_listed_up_to_a_bound() -> None:
    bad = [example("none", str(number)) for number in range(25)]
    with pytest.raises(MetricError) as caught:
        check_examples(get_metric("numeric"), bad)
    lines = caught.value.message.splitlines()
    assert (len(lines), lines[-1]) == (21, "… and 5 more")
    assert "example '19'" in lines[19]
