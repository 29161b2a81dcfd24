"""Default parameters fill gaps, and only gaps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engines.doubles import Model, ask, run
from textgrad_lite.engines.sampling import Sampling
from textgrad_lite.errors import ConfigurationError, UnknownNameError


def test_defaults_fill_what_a_request_leaves_open() -> None:
    model = Model()
    run(Sampling(model, {"temperature": 0.0, "max_tokens": 9}).complete(ask(max_tokens=5)))
    (request,) = model.requests
    assert (request.temperature, request.max_tokens, request.top_p) == (0.0, 5, None)


def test_body_fields_are_merged_and_the_requests_own_win() -> None:
    sampling = Sampling(Model(), {"extra": {"a": 1, "b": 1}})
    assert sampling.fill(ask(extra={"b": 2, "c": 2})).extra == {"a": 1, "b": 2, "c": 2}


def test_stop_strings_are_replaced_and_not_joined() -> None:
    sampling = Sampling(Model(), {"stop": ("END",)})
    assert sampling.fill(ask()).stop == ("END",)
    assert sampling.fill(ask(stop=("STOP",))).stop == ("STOP",)


def test_a_complete_request_is_passed_on_as_it_is() -> None:
    request = ask(temperature=1.0)
    assert Sampling(Model(), {"temperature": 0.0}).fill(request) is request


@pytest.mark.parametrize("name", ["temprature", "messages", "sample", "purpose"])
def test_an_unknown_parameter_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownNameError, match="temperature"):
        Sampling(Model(), {name: 1})


@pytest.mark.parametrize("defaults", [{"temperature": "hot"}, {"max_tokens": 0}])
def test_a_wrong_value_is_refused(defaults: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(defaults))):
        Sampling(Model(), defaults)
