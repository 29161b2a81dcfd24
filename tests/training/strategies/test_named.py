"""Tests of textgrad_lite.training.strategies.named and default_sources."""

from __future__ import annotations

import pytest

from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.optimizers.sources import GradientSource
from textgrad_lite.training.default_sources import (
    DEFAULT_SOURCES,
    SOURCE_NAMES,
    default_sources,
    make_sources,
)
from textgrad_lite.training.strategies import STRATEGIES, Beam, Greedy, get_strategy


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_name_is_enough(name: str) -> None:
    assert get_strategy(name).name == name
    assert get_strategy(name) == STRATEGIES[name]()


def test_settings_stand_after_a_colon() -> None:
    assert get_strategy("beam: width=3, selection=ucb,evaluations=40") == Beam(
        width=3, selection="ucb", evaluations=40
    )
    assert get_strategy("greedy:margin=0.05") == Greedy(margin=0.05)


@pytest.mark.parametrize(
    "text, message",
    [
        ("beem", "Did you mean 'beam'"),
        ("beam:wide=3", "Known: .*width"),
        ("beam:_batch=3", "unknown setting"),
        ("beam:name=mine", "unknown setting"),
        ("greedy:validation_blocks=1", "unknown setting"),
        ("beam:width", "width.* is not of the form setting=value"),
        ("beam:selection=best", "selection=best: Input should be 'halving' or 'ucb'"),
        ("halving:proposals=0", "proposals is 0"),
        ("halving:refinements=-1", "refinements is -1"),
        ("halving:margin=-0.1", "margin is -0.1"),
        ("halving:margin=nan", "margin is nan"),
        ("halving:margin=1", "margin is 1"),
    ],
)
def test_what_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        get_strategy(text)


def test_sources_have_their_names() -> None:
    assert [source.name for source in make_sources(SOURCE_NAMES)] == list(SOURCE_NAMES)
    assert [source.name for source in default_sources()] == list(DEFAULT_SOURCES)


def test_momentum_is_for_those_that_read_criticism() -> None:
    made = make_sources(["gradients", "history", "gradients and strategies"], momentum=7)
    assert [s.momentum_window for s in made if isinstance(s, GradientSource)] == [7, 7]
    (plain,) = make_sources(["gradients"], wishes=["Be kind."])
    assert isinstance(plain, GradientSource)
    assert plain.momentum_window == GradientSource().momentum_window
    assert plain.constraints == ("Be kind.",)


def test_an_unknown_source_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'crossovers'"):
        make_sources(["crossover"])
