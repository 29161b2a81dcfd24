"""Nothing is recursive: long chains and wide sums go forward, backward, and away.

How time and memory grow is measured by benchmarks/graph.py.
"""

from __future__ import annotations

import copy
import sys
import weakref
from collections.abc import Callable

import pytest

from tests.graph.doubles import Echo, Said, Sum, leaf
from textgrad_lite.graph import Call, Criticism, Feedback, Value, Variable

LENGTHS = [5_000, pytest.param(100_000, marks=[pytest.mark.slow, pytest.mark.timeout(300)])]


class Link(Echo):
    """Says little, so that the texts do not grow along a chain."""

    async def forward(self, call: Call) -> Value:
        return "link"

    async def backward(self, call: Call, criticism: Criticism, wanted: tuple[int, ...]) -> Said:
        return {index: [Feedback("shorter")] for index in wanted}


def chain(start: Variable, length: int) -> Variable:
    link, end = Link("link"), start
    for _ in range(length):
        end = link(end)
    return end


@pytest.mark.parametrize("length", LENGTHS)
class TestAChain:
    def test_goes_forward_and_backward_and_is_freed(
        self, length: int, no_collector: Callable[[], None]
    ) -> None:
        assert sys.getrecursionlimit() < length
        start = leaf()
        end = chain(start, length)
        assert end.value == "link"
        report = end.backward()
        assert len(report.visited) == length
        (gradient,) = start.gradients
        assert gradient.origin is not None
        assert sum(1 for _ in gradient.origin.steps()) == length
        assert len(repr(end)) + len(repr(gradient)) < 500
        assert copy.copy(end).value == "link"
        middle = weakref.ref(end.predecessors[0].predecessors[0])
        del end, report
        no_collector()
        assert middle() is None
        start.zero_grad()

    def test_that_is_dropped_before_it_ran_is_freed(
        self, length: int, no_collector: Callable[[], None]
    ) -> None:
        end = chain(leaf(), length)
        reference = weakref.ref(end)
        del end
        no_collector()
        assert reference() is None


@pytest.mark.parametrize("length", LENGTHS)
class TestASum:
    def test_goes_forward_and_backward_and_is_freed(
        self, length: int, no_collector: Callable[[], None]
    ) -> None:
        loss = Link("loss")
        leaves = [leaf() for _ in range(length)]
        total = Sum()(*(loss(each) for each in leaves))
        total.backward()
        assert {len(each.gradients) for each in leaves} == {1}
        reference = weakref.ref(total.predecessors[length // 2])
        del total
        no_collector()
        assert reference() is None

    def test_over_one_parameter_loses_nothing(self, length: int) -> None:
        loss, prompt = Link("loss"), leaf()
        Sum()(*(loss(prompt) for _ in range(length))).backward()
        assert len(prompt.gradients) == length


def test_a_long_chain_can_be_drawn() -> None:
    assert chain(leaf(), 3000).to_dot().count("->") == 3000
