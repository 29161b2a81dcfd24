"""Tests of textgrad_lite.metrics.registry."""

from __future__ import annotations

import pytest

from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.metrics import METRIC_NAMES, get_metric, needs_target


@pytest.mark.parametrize(
    "name",
    [
        "exact",
        "numeric",
        "contains",
        "choice",
        "words",
        "brackets",
        "typed",
        "json",
        "label:yes|no",
        "regex:x",
    ],
)
def test_metrics_have_their_name_and_a_plain_sentence(name: str) -> None:
    metric = get_metric(name)
    assert metric.name == name
    assert metric.fingerprint() == name
    assert metric.description.endswith(".")


@pytest.mark.parametrize("name", ["exactt", "numerical", "Exact", "exact:x", "", "judgement:x"])
def test_an_unknown_name_lists_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        get_metric(name)
    assert all(known in str(caught.value) for known in METRIC_NAMES)


@pytest.mark.parametrize("name", ["regex:", "label:", "judge:", "python:", "judge"])
def test_an_incomplete_name(name: str) -> None:
    with pytest.raises(ConfigurationError, match="incomplete"):
        get_metric(name)


def test_a_judge_needs_an_engine() -> None:
    with pytest.raises(ConfigurationError, match="needs an engine"):
        get_metric("judge:rubric.txt")


def test_which_metrics_need_a_target() -> None:
    names = ["exact", "choice", "label:a|b", "json", "regex:x", "judge:rubric.txt", "python:m.py:f"]
    assert [name for name in names if needs_target(name)] == ["exact", "choice", "label:a|b"]
