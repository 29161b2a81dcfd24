"""Candidates have other values in their own contexts, all at the same time, and touch no parameter."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.graph.doubles import Echo, leaf, texts, until
from tests.graph.test_dispatch import Asks
from textgrad_lite import runtime
from textgrad_lite.errors import BackwardError, GraphError, StaleGradientError
from textgrad_lite.graph import Gradient, substituted


class TestInside:
    def test_the_substitute_is_read_and_bound_and_gone_afterwards(self) -> None:
        prompt = leaf("old")
        with substituted({prompt: "new"}):
            assert prompt.value == "new"
            inside = Echo()(prompt)
        assert inside.value == "new"
        assert prompt.value == Echo()(prompt).value == "old"
        assert prompt.version == 0

    def test_what_is_started_from_it_sees_it_too(self) -> None:
        prompt = leaf("old")

        def read(_: str) -> str:
            return Echo()(prompt).text

        async def aread(_: str) -> str:
            return prompt.text

        with substituted({prompt: "new"}):
            outputs = [Asks(read)(leaf()), Asks(aread)(leaf())]  # type: ignore[arg-type]
        assert [output.value for output in outputs] == ["new", "new"]

    def test_another_thread_does_not(self) -> None:
        prompt = leaf("old")
        seen: list[str] = []
        with substituted({prompt: "new"}):
            thread = threading.Thread(target=lambda: seen.append(prompt.text))
            thread.start()
            thread.join()
        assert seen == ["old"]

    def test_blocks_nest(self) -> None:
        a, b = leaf("a"), leaf("b")
        with substituted({a: "A", b: "B"}):
            with substituted({a: "AA"}):
                assert (a.value, b.value) == ("AA", "B")
            assert (a.value, b.value) == ("A", "B")

    def test_values_are_checked(self) -> None:
        with pytest.raises(GraphError, match="not list"), substituted({leaf(): ["a"]}):  # type: ignore[dict-item]
            pass

    def test_set_value_changes_the_substitute_alone(self) -> None:
        prompt = leaf("old")
        with substituted({prompt: "new"}):
            version = prompt.version
            prompt.set_value("newer")
            assert prompt.value == "newer"
            assert prompt.version != version
        assert (prompt.value, prompt.version) == ("old", 0)

    def test_no_version_is_that_of_another_candidate(self) -> None:
        prompt = leaf("old")
        versions = [prompt.version]
        for candidate in "ab":
            with substituted({prompt: candidate}):
                versions.append(prompt.version)
                prompt.set_value("c")
                versions.append(prompt.version)
        assert len(set(versions)) == 5

    def test_an_output_becomes_a_leaf(self) -> None:
        prompt = leaf("a")
        answer = Echo("model")(prompt)
        with substituted({answer: "another"}):
            Echo("loss")(answer).backward()
            assert texts(answer) == ["loss[0]<the end>"]
        assert (answer.gradients, prompt.gradients) == ((), ())


class TestGradients:
    def test_stay_with_the_candidate(self) -> None:
        prompt = leaf("old")
        prompt.add_gradient(Gradient("of the old"))
        with substituted({prompt: "new"}):
            assert texts(prompt) == []
            Echo("loss")(prompt).backward()
            assert texts(prompt) == ["loss[0]<the end>"]
            gradients = prompt.gradients
            prompt.zero_grad()
            assert texts(prompt) == []
        assert texts(prompt) == ["of the old"]
        with pytest.raises(StaleGradientError):
            prompt.add_gradient(gradients[0])

    def test_of_other_variables_are_as_ever(self) -> None:
        prompt, other = leaf(), leaf()
        with substituted({prompt: "new"}):
            Echo("loss")(prompt, other).backward()
        assert texts(other) == ["loss[1]<the end>"]

    def test_of_concurrent_candidates_never_mix(self) -> None:
        prompt = leaf("old")
        met = 0

        async def meet() -> None:
            nonlocal met
            met += 1
            await until(lambda: met % 3 == 0)

        async def evaluate(candidate: str) -> tuple[str, list[str]]:
            with substituted({prompt: candidate}):
                answer = Echo("model")(prompt)
                await meet()
                await Echo(f"loss of {await answer}")(answer).abackward()
                return prompt.text, texts(prompt)

        async def evaluate_all() -> list[tuple[str, list[str]]]:
            return await asyncio.gather(*(evaluate(candidate) for candidate in "abc"))

        expected = [(letter, [f"model[0]<loss of {letter}[0]<the end>>"]) for letter in "abc"]
        assert runtime.run(evaluate_all()) == expected
        assert asyncio.run(evaluate_all()) == expected
        assert (prompt.value, prompt.gradients) == ("old", ())

    def test_of_a_candidate_are_refused_outside(self) -> None:
        prompt = leaf("old")
        with substituted({prompt: "new"}):
            loss = Echo()(prompt)
        with pytest.raises(BackwardError, match="version -"):
            loss.backward()
        with substituted({prompt: "another"}), pytest.raises(BackwardError, match="version -"):
            loss.backward()
        assert prompt.gradients == ()
