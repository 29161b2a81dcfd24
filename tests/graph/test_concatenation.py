"""Joining texts: differentiable, and without an engine or a thread."""

from __future__ import annotations

import pytest

from tests.graph.doubles import Echo, leaf, texts
from textgrad_lite.graph import Concatenation


class TestPlus:
    def test_joins_variables_and_plain_texts_on_both_sides(self) -> None:
        assert (leaf("a") + leaf("b")).value == "ab"
        assert (leaf("a") + " and b").value == "a and b"
        assert ("b and " + leaf("a")).value == "b and a"
        assert (leaf("n = ") + leaf(3)).value == "n = 3"

    def test_joins_what_is_still_pending(self) -> None:
        assert (Echo()(leaf("a")) + Echo()(leaf("b"))).value == "ab"

    def test_refuses_what_is_neither(self) -> None:
        with pytest.raises(TypeError, match="unsupported operand"):
            _ = leaf("a") + 3
        with pytest.raises(TypeError, match="unsupported operand"):
            _ = 3 + leaf("a")

    def test_hands_criticism_to_the_variables_with_context_and_origin(self) -> None:
        a, b = leaf("a"), leaf("b")
        Echo("judge")(a + "-" + b).backward()
        for part in (a, b):
            (gradient,) = part.gradients
            assert gradient.text == "judge[0]<the end>"
            assert gradient.context == "judge"
            assert gradient.origin is not None
            assert gradient.origin.function == "judge"

    def test_says_everything_once_even_of_what_is_joined_to_itself(self) -> None:
        a = leaf("a")
        Echo("judge")(a + a).backward()
        assert texts(a) == ["judge[0]<the end>"]

    def test_names_the_roles_once_and_not_without_end(self) -> None:
        assert (leaf(role="the head") + leaf(role="the tail")).role_description == "the head and the tail"
        assert (leaf(role="the head") + "!").role_description == "the head"
        text = leaf(role="part 0")
        for number in range(100):
            text = text + leaf(role=f"part {number}")
        assert len(text.role_description) < 250


def test_the_function_joins_any_number_of_parts() -> None:
    parts = [leaf(letter) for letter in "abc"]
    assert Concatenation().apply(*parts, role_description="all").value == "abc"
