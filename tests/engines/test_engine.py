"""The base of all engines: bounds on tokens, and the sync and async ways to ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.doubles import Model, ask
from textgrad_lite import runtime
from textgrad_lite.engines.engine import IMAGE_TOKENS
from textgrad_lite.engines.types import ImagePart, Message, Request
from textgrad_lite.errors import BlockingReadError


def test_an_engine_can_be_called_like_a_function() -> None:
    model = Model(seconds=0)
    assert model("hi") == model.generate("hi") == "answer to hi"


async def test_an_engine_can_be_awaited_on_any_loop() -> None:
    assert await Model(seconds=0).agenerate("hi") == "answer to hi"


def test_system_prompt_and_parameters_go_into_the_request() -> None:
    model = Model(seconds=0)
    model("hi", "be brief", temperature=0.2)
    (request,) = model.requests
    assert request.messages[0] == Message.of("system", "be brief")
    assert request.temperature == 0.2


def test_blocking_on_the_loop_thread_is_refused() -> None:
    async def block() -> None:
        Model(seconds=0)("hi")

    with pytest.raises(BlockingReadError):
        runtime.run(block())


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=4))
def test_the_bound_on_tokens_is_at_least_the_bytes(texts: list[str]) -> None:
    request = Request(messages=tuple(Message.of("user", text) for text in texts))
    assert Model().counts_tokens(request) > sum(len(text.encode()) for text in texts)


def test_images_and_schemas_count_as_tokens() -> None:
    model, plain = Model(), ask()
    image = ImagePart(data=b"x", media_type="image/png")
    with_image = Request(messages=(Message.of("user", "hello", image),))
    assert model.counts_tokens(with_image) == model.counts_tokens(plain) + IMAGE_TOKENS
    assert model.counts_tokens(ask(output_schema={"type": "object"})) > model.counts_tokens(plain)


def test_the_repr_names_the_engine() -> None:
    assert repr(Model(name="fake/one")) == "<Model fake/one>"
