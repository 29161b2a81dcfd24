"""The cache key: it holds everything that can change the answer and nothing else, in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.doubles import Model, ask
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.types import ImagePart, Message, Request

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
PART = TEXT.map(lambda text: {"kind": "text", "text": text}) | st.binary(min_size=1, max_size=4).map(
    lambda data: {"kind": "image", "media_type": "image/png", "data": data}
)
MESSAGE = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["system", "user", "assistant"]),
        "parts": st.lists(PART, max_size=3).map(tuple),
    }
)
NUMBER = st.none() | st.floats(0, 2)
REQUEST = st.fixed_dictionaries(
    {
        "messages": st.lists(MESSAGE, max_size=3).map(tuple),
        "temperature": NUMBER,
        "top_p": NUMBER,
        "max_tokens": st.none() | st.integers(1, 9),
        "stop": st.lists(TEXT, max_size=2).map(tuple),
        "seed": st.none() | st.integers(0, 9),
        "reasoning_effort": st.none() | st.sampled_from(["low", "high"]),
        "extra": st.dictionaries(TEXT, JSON, max_size=2),
        "output_schema": st.none() | st.dictionaries(TEXT, JSON, max_size=2),
        "output_name": st.sampled_from(["answer", "verdict"]),
        "sample": st.tuples(st.integers(0, 3), st.integers(0, 3)),
    }
)
MODEL = Model()


def _make(fields: dict[str, Any]) -> Request:
    messages = tuple(Message.model_construct(**_parts(message)) for message in fields["messages"])
    return Request(**{**fields, "messages": messages})


def _parts(message: dict[str, Any]) -> dict[str, Any]:
    parts = tuple(
        ImagePart(media_type=part["media_type"], data=part["data"])
        if part["kind"] == "image"
        else Message.of("user", part["text"]).parts[0]
        for part in message["parts"]
    )
    return {"role": message["role"], "parts": parts}


@given(REQUEST, REQUEST, st.sampled_from(sorted(set(Request.model_fields) - {"purpose"})))
def test_any_change_of_any_parameter_changes_the_key(
    one: dict[str, Any], other: dict[str, Any], field: str
) -> None:
    first, second = _make(one), _make({**one, field: other[field]})
    is_same = first == second and repr(first) == repr(second)  # repr tells 1 from True inside JSON
    assert (request_key(MODEL, first) == request_key(MODEL, second)) is is_same


@given(REQUEST, st.sampled_from(["loss", "backward", "optimizer", "judge"]))
def test_the_purpose_does_not_change_the_key(fields: dict[str, Any], purpose: Any) -> None:
    assert request_key(MODEL, _make(fields)) == request_key(MODEL, _make({**fields, "purpose": purpose}))


def test_what_other_requests_begin_with_too_does_not_change_the_key() -> None:
    plain, shared = (Message.of("user", "hello", shared_prefix=length) for length in (0, 3))
    assert request_key(MODEL, Request(messages=(plain,))) == request_key(MODEL, Request(messages=(shared,)))


@pytest.mark.parametrize(
    "identity",
    [
        {"provider": "other", "base_url": "https://a.test", "model": "m"},
        {"provider": "p", "base_url": "https://b.test", "model": "m"},
        {"provider": "p", "base_url": "https://a.test", "model": "n"},
    ],
)
def test_provider_address_and_model_change_the_key(identity: dict[str, str]) -> None:
    class Named(Model):
        def __init__(self, given: dict[str, str]) -> None:
            super().__init__()
            self._given = given

        def identity(self) -> dict[str, str]:
            return self._given

    first = Named({"provider": "p", "base_url": "https://a.test", "model": "m"})
    assert request_key(first, ask()) != request_key(Named(identity), ask())


def test_whole_numbers_are_the_same_written_either_way() -> None:
    assert request_key(MODEL, ask(temperature=1)) == request_key(MODEL, ask(temperature=1.0))


def test_the_order_of_body_fields_does_not_matter_but_that_inside_a_schema_does() -> None:
    forward, backward = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert request_key(MODEL, ask(extra=forward)) == request_key(MODEL, ask(extra=backward))
    schemas = [{"properties": forward}, {"properties": backward}]
    assert len({request_key(MODEL, ask(output_schema=schema)) for schema in schemas}) == 2


_PROGRAM = """
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.callables import CallableEngine
from textgrad_lite.engines.types import Message, Request
request = Request(messages=(Message.of("user", "hällo"),), temperature=0.3, stop=("b", "a"),
                  extra={"x": {"z": 1, "y": 2}}, output_schema={"type": "object", "properties": {}})
print(request_key(CallableEngine(len, name="length"), request))
"""


def test_the_key_is_the_same_in_every_process() -> None:
    keys = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(keys) == 1
    assert len(keys.pop().strip()) == 64
