"""Scripts: what they answer, and what they say when they have no answer."""

from __future__ import annotations

import re

import pytest

from textgrad_lite import runtime
from textgrad_lite.engines.types import Completion, Message, Purpose, Request, Usage
from textgrad_lite.errors import RateLimitError, ScriptExhaustedError
from textgrad_lite.testing import ScriptedEngine


def ask(engine: ScriptedEngine, text: str = "hi", purpose: Purpose = "forward") -> Completion:
    request = Request(messages=(Message.of("system", "be kind"), Message.of("user", text)), purpose=purpose)
    return runtime.run(engine.complete(request))


def test_queue_is_answered_in_order() -> None:
    engine = ScriptedEngine(["one", "two"]).say("three")

    assert [ask(engine).text for _ in range(3)] == ["one", "two", "three"]


def test_first_rule_that_fits_answers() -> None:
    engine = (
        ScriptedEngine(["queue"])
        .on("a loss", purpose="loss")
        .on("a match", matches="kind.*number")
        .on("a condition", when=lambda request: "condition" in request.messages[-1].text)
        .on("all three", purpose="judge", matches=re.compile("hi"), when=lambda request: True)
    )

    assert ask(engine, "number", "loss").text == "a loss"
    assert ask(engine, "number").text == "a match"
    assert ask(engine, "condition").text == "a condition"
    assert ask(engine, "hi", "judge").text == "all three"
    assert ask(engine, "other", "judge").text == "queue"


def test_lines_of_a_rule_are_given_once_each() -> None:
    engine = ScriptedEngine(["then this"]).on(["one", "two"], purpose="forward")

    assert [ask(engine).text for _ in range(3)] == ["one", "two", "then this"]


def test_answers_have_several_forms() -> None:
    async def answer(request: Request) -> str:
        return request.messages[-1].text.upper()

    whole = Completion(text="whole", finish_reason="length")
    engine = ScriptedEngine([whole, RateLimitError("slow down")]).on(answer, purpose="loss")
    engine.on(lambda request: whole, purpose="judge")

    assert ask(engine, "loud", "loss").text == "LOUD"
    assert ask(engine, purpose="judge") is whole
    assert ask(engine) is whole
    with pytest.raises(RateLimitError, match="slow down"):
        ask(engine)


def test_tokens_are_words() -> None:
    completion = ask(ScriptedEngine(["one two three"], name="tiny"), "four")

    assert completion.usage == Usage(input_tokens=3, output_tokens=3)
    assert completion.model == "tiny"


def test_empty_script_says_what_was_asked() -> None:
    engine = (
        ScriptedEngine(["one"]).on(["x"], purpose="loss").on("y", matches="z", when=lambda request: False)
    )
    ask(engine)
    ask(engine, purpose="loss")

    with pytest.raises(ScriptExhaustedError) as caught:
        ask(engine, "the question " * 50)

    assert caught.value.message.startswith(
        "scripted has no answer to request 3 (purpose 'forward'):\n  system: be kind\n  user: the question"
    )
    assert caught.value.message.endswith("… (649 characters)")
    assert caught.value.hint == (
        "The queue is empty. Rules:\n  - purpose 'loss', used up\n  - text matching 'z', <lambda>(request)"
    )


def test_script_without_rules_says_so() -> None:
    with pytest.raises(ScriptExhaustedError, match="Rules: none"):
        ask(ScriptedEngine())
    engine = ScriptedEngine().on([])
    with pytest.raises(ScriptExhaustedError, match="used up"):
        ask(engine)


def test_requests_are_kept() -> None:
    engine = ScriptedEngine().on("x")
    ask(engine, "one")
    ask(engine, "two", "loss")

    assert [request.purpose for request in engine.requests] == ["forward", "loss"]
    assert engine.asked() == ["be kind\none", "be kind\ntwo"]
    assert engine.asked("loss") == ["be kind\ntwo"]


def test_engines_are_told_apart_by_name() -> None:
    assert ScriptedEngine(name="a").identity() != ScriptedEngine(name="b").identity()


def test_generate_works_as_with_any_engine() -> None:
    assert ScriptedEngine().on("4", matches="2[+]2").generate("2+2?", system_prompt="be kind") == "4"
