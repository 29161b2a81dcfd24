"""Tests of textgrad_lite.metrics.typed."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Example
from textgrad_lite.errors import MetricError
from textgrad_lite.metrics import get_metric


@pytest.mark.parametrize(
    "kind, target, reply, is_right",
    [
        ("choice", "(B)", "Answer: (B)", True),
        ("integer", "14", "It is 14.", True),
        ("integer", "14", "It is 15.", False),
        ("float", "1.2", "Answer: 1.2345", True),
        ("float", "1.2", "Answer: about a metre", False),
        ("text", "a cat", "Answer: A cat.", True),
        ("list", "[1, 2]", "Answer: [1, 2]", True),
    ],
)
async def test_each_kind_of_answer_is_compared_in_its_way(
    kind: str, target: str, reply: str, is_right: bool
) -> None:
    fields = {"answer_type": kind, "precision": "1" if kind == "float" else ""}
    example = Example(id="1", input="question", target=target, fields=fields)
    metric = get_metric("typed")
    metric.check(example)
    assert (await metric.score(example, reply)).is_right is is_right


def test_answers_are_counted_in_the_form_of_their_kind() -> None:
    metric = get_metric("typed")
    fields = {"answer_type": "float", "precision": "1"}
    assert metric.answer_of(Example(id="1", input="q", fields=fields), "It is 1.26.") == "1.3"
    assert metric.answer_of(Example(id="1", input="q", fields={"answer_type": "choice"}), "(c)") == "C"
    assert metric.answer_of(Example(id="1", input="q"), "Answer: A cat.") == "a cat"


def test_the_target_has_to_be_of_the_kind() -> None:
    with pytest.raises(MetricError, match="needs a number"):
        get_metric("typed").check(Example(id="1", input="q", target="x", fields={"answer_type": "integer"}))
