"""Tests of textgrad_lite.metrics.ranking: Bradley-Terry strengths and the ranker."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.engines import Request
from textgrad_lite.metrics import PairwiseJudge, Ranker, bradley_terry
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.testing.scripted import get_text


def by_length(request: Request) -> str:
    first, second = (get_text(request).split(f"<reply-{n}>")[1].split("</reply")[0].strip() for n in (1, 2))
    return f"<reason>longer</reason><better>{1 if len(first) > len(second) else 2}</better>"


def test_two_candidates_have_the_odds_of_their_wins() -> None:
    strong, weak = bradley_terry(2, {(0, 1): 30, (1, 0): 10}, prior=0.0)
    assert strong / weak == pytest.approx(3.0)
    assert strong * weak == pytest.approx(1.0)


def test_the_fit_agrees_with_strengths_that_made_the_wins() -> None:
    true = [0.25, 0.5, 1.0, 2.0, 4.0]
    wins = {(i, j): 100 * true[i] / (true[i] + true[j]) for i, j in itertools.permutations(range(5), 2)}
    assert bradley_terry(5, wins, prior=0.0) == pytest.approx(true, rel=1e-6)


def test_the_likelihood_has_its_maximum_there() -> None:
    wins = {(0, 1): 3.0, (1, 0): 1.0, (1, 2): 2.0, (2, 1): 2.0, (0, 2): 1.0, (2, 0): 0.0}

    def likelihood(strengths: list[float]) -> float:
        return sum(n * math.log(strengths[i] / (strengths[i] + strengths[j])) for (i, j), n in wins.items())

    fitted = bradley_terry(3, wins, prior=0.0)
    for index, factor in itertools.product(range(3), (0.9, 1.1)):
        moved = [value * factor if at == index else value for at, value in enumerate(fitted)]
        assert likelihood(moved) < likelihood(fitted)


def test_one_that_always_wins_is_not_infinitely_strong() -> None:
    strong, weak = bradley_terry(2, {(0, 1): 5.0})
    assert 1 < strong < 100
    assert math.isfinite(weak)


@given(
    n=st.integers(2, 6),
    data=st.data(),
)
def test_strengths_do_not_depend_on_the_order_of_the_candidates(n: int, data: st.DataObject) -> None:
    pairs = list(itertools.permutations(range(n), 2))
    wins = {pair: data.draw(st.integers(0, 4)) for pair in pairs}
    order = data.draw(st.permutations(range(n)))
    moved = {(order[i], order[j]): float(count) for (i, j), count in wins.items()}
    plain, other = bradley_terry(n, {k: float(v) for k, v in wins.items()}), bradley_terry(n, moved)
    assert [other[order[i]] for i in range(n)] == pytest.approx(plain, rel=1e-6)


def test_the_fit_ends_after_so_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textgrad_lite.metrics.ranking._MOST_STEPS", 1)
    strong, weak = bradley_terry(2, {(0, 1): 3.0, (1, 0): 1.0}, prior=0.0)
    assert 1 < strong / weak <= 3


def test_nobody_and_one_alone() -> None:
    assert bradley_terry(0, {}) == []
    assert bradley_terry(1, {}) == pytest.approx([1.0])


def test_candidates_are_ranked_by_comparing_every_two() -> None:
    engine = ScriptedEngine().on(by_length, purpose="judge")
    candidates = ["aa", "a", "aaaa", "aaa"]
    ranking = Ranker(PairwiseJudge("Be long.", engine)).rank("q", candidates)
    assert [one.text for one in ranking.candidates] == ["aaaa", "aaa", "aa", "a"]
    assert ranking.best.index == 2
    assert [one.wins for one in ranking.candidates] == [3.0, 2.0, 1.0, 0.0]
    assert all(one.comparisons == 3 for one in ranking.candidates)
    assert len(engine.requests) == 4 * 3
    assert ranking.consistency == 1.0
    assert math.prod(one.strength for one in ranking.candidates) == pytest.approx(1.0)


async def test_a_judge_that_looks_at_the_order_alone_ranks_nobody() -> None:
    engine = ScriptedEngine().on("<better>1</better>", purpose="judge")
    ranking = await Ranker(PairwiseJudge("r", engine)).arank("q", ["a", "b", "c"])
    assert [one.index for one in ranking.candidates] == [0, 1, 2]
    assert [one.strength for one in ranking.candidates] == pytest.approx([1.0] * 3)
    assert ranking.consistency == 0.0


async def test_one_candidate_needs_no_judge() -> None:
    ranking = await Ranker(PairwiseJudge("r", ScriptedEngine([]))).arank("q", ["a"])
    assert (ranking.best.text, ranking.consistency) == ("a", 1.0)
