"""Conditions as functions."""

import pytest

from textgrad_lite.optimizers.constraints import Satisfies


class TestSatisfies:
    def test_asks_the_function(self) -> None:
        short = Satisfies(lambda text: len(text) < 3, "Be short.")

        assert short.check("", "ab") is None
        assert short.check("", "abc") == short.describe("") == "Be short."

    def test_takes_the_message_of_a_validator_that_raises(self) -> None:
        assert "Give a number. (could not convert" in str(Satisfies(float, "Give a number.").check("", "x"))

    def test_needs_no_message(self) -> None:
        def refuses(text: str) -> bool:
            raise AssertionError

        assert Satisfies(refuses, "No.").check("", "x") == "No."

    def test_lets_a_bug_of_the_function_through(self) -> None:
        with pytest.raises(ZeroDivisionError):
            Satisfies(lambda text: 1 / 0, "Anything.").check("", "x")
