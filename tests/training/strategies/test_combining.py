"""Tests of textgrad_lite.training.strategies.combining: by chance, and with optuna where it is installed."""

from __future__ import annotations

import builtins
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.errors import MissingDependencyError
from textgrad_lite.training.strategies.combining import choose_by_chance, choose_by_estimate
from textgrad_lite.training.strategies.demonstrations import Demonstrations

GRID = (3, 4)


@given(
    n=st.integers(0, 20),
    seed=st.integers(0, 5),
    taken=st.sets(st.tuples(st.integers(0, 2), st.integers(0, 3))),
)
def test_chance_gives_free_pairs_each_once(n: int, seed: int, taken: set[tuple[int, int]]) -> None:
    pairs = choose_by_chance(GRID, taken, n, random.Random(seed))
    assert len(pairs) == len(set(pairs)) == min(n, 12 - len(taken))
    assert not set(pairs) & taken
    assert pairs == choose_by_chance(GRID, taken, n, random.Random(seed))


def test_without_optuna_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def refuse(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "optuna":
            raise ImportError(name)
        return original(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingDependencyError, match="tpe"):
        choose_by_estimate(GRID, set(), 2, random.Random(0), {})
    with pytest.raises(MissingDependencyError, match="tpe"):
        Demonstrations(sampler="tpe")


@pytest.mark.extra
def test_the_estimate_prefers_what_has_done_well() -> None:
    scores = {(one, two): 0.9 if one == 2 else 0.1 for one in range(3) for two in range(3)}
    chosen = [
        pair
        for seed in range(8)
        for pair in choose_by_estimate((3, 8), set(scores), 2, random.Random(seed), scores)
    ]
    assert sum(one == 2 for one, _ in chosen) > len(chosen) / 2
    assert not set(chosen) & set(scores)


@pytest.mark.extra
def test_the_estimate_is_decided_by_the_seed_and_falls_back_on_chance() -> None:
    scores = {(0, 0): 0.5}
    runs = [choose_by_estimate(GRID, {(0, 0)}, 11, random.Random(4), scores) for _ in range(2)]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 11
