"""What calls cost: by the user's price, by the published list, or unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.engines.pricing import FREE, ListPrice, Price
from textgrad_lite.engines.types import Usage
from textgrad_lite.errors import ConfigurationError

OPENAI = "https://api.openai.com/v1"


def test_a_stated_price_counts_each_kind_of_token_once() -> None:
    price = Price(input=4, output=8, cached_input=1, cache_write=5)
    usage = Usage(input_tokens=100, cached_input_tokens=30, cache_write_tokens=20, output_tokens=10)
    assert price.cost(usage) == pytest.approx((50 * 4 + 30 * 1 + 20 * 5 + 10 * 8) / 1e6)


def test_cached_tokens_cost_the_same_where_nothing_else_is_said() -> None:
    usage = Usage(input_tokens=100, cached_input_tokens=30, cache_write_tokens=20)
    assert Price(input=4, output=8).cost(usage) == pytest.approx(400 / 1e6)


@given(
    st.builds(
        Price,
        input=st.floats(0, 100),
        output=st.floats(0, 100),
        cached_input=st.none() | st.floats(0, 100),
        cache_write=st.none() | st.floats(0, 100),
    ),
    *[st.integers(0, 10_000)] * 4,
)
def test_no_call_costs_more_than_its_bound(
    price: Price, plain: int, cached: int, written: int, output: int
) -> None:
    total = plain + cached + written
    usage = Usage(
        input_tokens=total, cached_input_tokens=cached, cache_write_tokens=written, output_tokens=output
    )
    assert price.cost(usage) <= price.most(total, output) * (1 + 1e-9)


@pytest.mark.parametrize("wrong", [{"input": -1}, {"output": float("nan")}, {"cached_input": -0.1}])
def test_a_price_is_zero_or_more(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError):
        Price(**{"input": 1.0, "output": 1.0, **wrong})


def test_the_list_knows_a_providers_own_models() -> None:
    price = ListPrice("gpt-4o", OPENAI)
    assert price.cost(Usage(input_tokens=1_000_000, output_tokens=100_000)) == pytest.approx(3.5)
    assert price.most(1_000_000, 100_000) == pytest.approx(3.5)


def test_writing_to_a_providers_cache_is_bounded_too() -> None:
    price = ListPrice("claude-sonnet-4-5", "https://api.anthropic.com")
    plain = price.cost(Usage(input_tokens=1000, output_tokens=10))
    written = price.cost(Usage(input_tokens=1000, cache_write_tokens=1000, output_tokens=10))
    assert plain is not None
    assert written is not None
    assert written > plain
    assert price.most(1000, 10) == written


@pytest.mark.parametrize(
    "price",
    [
        ListPrice("no-such-model", OPENAI),
        ListPrice("gpt-4o", "http://localhost:8000/v1"),
        ListPrice("some-model", "https://api.unheard-of.test", "unheard-of"),
    ],
)
def test_a_model_or_server_that_the_list_does_not_hold_has_no_price(price: ListPrice) -> None:
    assert price.cost(Usage(input_tokens=10)) is None
    assert price.most(10, 10) is None


def test_a_provider_whose_address_the_list_does_not_know_is_found_by_name() -> None:
    price = ListPrice("meta-llama/Llama-3.3-70B-Instruct-Turbo", "https://api.together.ai/v1", "together")
    cost = price.cost(Usage(input_tokens=1_000_000))
    assert cost is not None
    assert cost > 0


def test_what_is_free_costs_nothing() -> None:
    assert FREE.cost(Usage(input_tokens=10, output_tokens=10)) == 0.0
