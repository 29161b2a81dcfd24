"""Functions, objects with generate and engines written for textgrad stand where a model stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engines.doubles import ask
from textgrad_lite import runtime
from textgrad_lite.engines.callables import CallableEngine, EngineLM
from textgrad_lite.engines.types import Completion, ImagePart, Message, Request
from textgrad_lite.errors import ConfigurationError

PNG = b"\x89PNG\r\n\x1a\n"


def _complete(engine: CallableEngine, request: Request) -> Completion:
    return runtime.run(engine.complete(request))


def test_a_function_from_text_to_text_is_an_engine() -> None:
    engine = CallableEngine(str.upper)
    assert _complete(engine, ask("hello")).text == "HELLO"
    assert engine.name == "upper"
    assert CallableEngine(ascii).name == "ascii"


async def test_a_coroutine_function_is_an_engine() -> None:
    async def shout(prompt: str) -> str:
        return prompt.upper()

    assert await CallableEngine(shout).agenerate("hello") == "HELLO"


def test_a_system_prompt_is_put_before_the_prompt() -> None:
    assert CallableEngine(lambda prompt: prompt)("hello", "be brief") == "be brief\n\nhello"


def test_a_system_prompt_is_passed_apart_where_the_function_takes_it() -> None:
    def answer(prompt: str, system_prompt: str = "none") -> str:
        return f"{system_prompt}|{prompt}"

    assert CallableEngine(answer)("hello", "be brief") == "be brief|hello"
    assert CallableEngine(answer)("hello") == "none|hello"


def test_parameters_are_passed_on_where_the_function_takes_them() -> None:
    def answer(prompt: str, temperature: float = 0.5, **rest: Any) -> str:
        return f"{temperature} {rest}"

    def simple(prompt: str, temperature: float = 0.5) -> str:
        return f"{temperature}"

    assert CallableEngine(answer)("hello", temperature=0.1, max_tokens=3) == "0.1 {'max_tokens': 3}"
    assert CallableEngine(simple)("hello", temperature=0.1, max_tokens=3) == "0.1"


def test_images_make_the_prompt_a_list() -> None:
    engine = CallableEngine(lambda prompt: repr(prompt))
    assert engine([PNG, "what is it?"], "be brief") == repr(["be brief", PNG, "what is it?"])
    by_address = Request(messages=(Message.of("user", ImagePart(url="https://x.test/a.png"), "?"),))
    assert _complete(engine, by_address).text == repr("https://x.test/a.png\n\n?")


def test_a_conversation_says_who_speaks() -> None:
    turns = (Message.of("user", "hi"), Message.of("assistant", "hello"), Message.of("user", "bye"))
    engine = CallableEngine(lambda prompt: prompt)
    assert _complete(engine, Request(messages=turns)).text == "\n\n".join(
        ["user:", "hi", "assistant:", "hello", "user:", "bye"]
    )


def test_a_function_may_return_a_completion() -> None:
    completion = Completion(text="cut", finish_reason="length")
    assert _complete(CallableEngine(lambda _: completion), ask()) == completion


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="returned no text but int"):
        CallableEngine(lambda _: 3, name="counter")("hello")


def test_an_error_of_the_function_comes_through_as_it_is() -> None:
    def fail(prompt: str) -> str:
        raise ZeroDivisionError(prompt)

    with pytest.raises(ZeroDivisionError, match="hello"):
        CallableEngine(fail)("hello")


class ByGenerate(EngineLM):
    model_string = "my-model"

    def generate(self, prompt: Any, system_prompt: str | None = None, **parameters: Any) -> str:
        return f"{system_prompt or self.system_prompt[:5]}|{prompt}"


class ByCall(EngineLM):
    def __call__(self, prompt: Any, system_prompt: str | None = None, **parameters: Any) -> str:
        return f"called with {prompt}"


class NotOurs:
    def generate(self, prompt: str) -> str:
        return f"generated {prompt}"


@pytest.mark.parametrize(
    "engine, answer, name",
    [
        (ByGenerate(), "You a|hello", "my-model"),
        (ByCall(), "called with hello", "ByCall"),
        (NotOurs(), "generated hello", "NotOurs"),
    ],
)
def test_engines_written_for_textgrad_work(engine: Any, answer: str, name: str) -> None:
    wrapped = CallableEngine(engine)
    assert wrapped("hello") == answer
    assert wrapped.name == name


def test_the_base_for_such_engines_can_be_called_and_asks_to_be_overridden() -> None:
    assert ByGenerate()("hello", "brief") == "brief|hello"
    with pytest.raises(NotImplementedError, match="EngineLM"):
        EngineLM()("hello")


def test_two_closures_of_one_function_are_told_apart_and_one_is_always_itself() -> None:
    def make(word: str) -> Callable[[str], str]:
        return lambda prompt: word

    one, other = make("one"), make("other")
    assert CallableEngine(one).identity() == CallableEngine(one).identity()
    assert CallableEngine(one).identity() != CallableEngine(other).identity()


def test_what_has_no_signature_and_cannot_be_referred_to_weakly_is_still_an_engine() -> None:
    class Slotted:
        __slots__ = ()
        __hash__ = None  # type: ignore[assignment]

        @property
        def __signature__(self) -> object:
            raise ValueError("no signature")

        def __call__(self, prompt: str) -> str:
            return prompt

    assert CallableEngine(Slotted())("hello", "be brief") == "be brief\n\nhello"


def test_objects_without_a_hash_or_a_weak_reference_are_told_apart() -> None:
    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, prompt: str) -> str:
            return prompt

    class Slotted:
        __slots__ = ()

        def __call__(self, prompt: str) -> str:
            return prompt

    for kind in (Unhashable, Slotted):
        first, second = kind(), kind()
        assert CallableEngine(first).identity() == CallableEngine(first).identity()
        assert CallableEngine(first).identity() != CallableEngine(second).identity()
