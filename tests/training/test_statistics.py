"""Tests of textgrad_lite.training.statistics."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.training.statistics import (
    bootstrap,
    compare,
    mcnemar,
    mean_interval,
    newcombe,
    paired_interval,
    permutation_test,
    wilson,
)


@pytest.mark.parametrize(
    "successes, n, low, high",
    [
        # Published values: Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    interval = wilson(successes, n)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


def test_wilson_of_nothing_is_everything() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@given(n=st.integers(1, 500), data=st.data(), confidence=st.floats(0.5, 0.999))
def test_wilson_holds_the_share_and_mirrors(n: int, data: st.DataObject, confidence: float) -> None:
    k = data.draw(st.integers(0, n))
    interval, mirrored = wilson(k, n, confidence=confidence), wilson(n - k, n, confidence=confidence)
    assert 0 <= interval.low <= k / n <= interval.high <= 1
    assert interval.low == pytest.approx(1 - mirrored.high)
    wider = wilson(k, n, confidence=(1 + confidence) / 2)
    assert wider.low <= interval.low
    assert wider.high >= interval.high


@pytest.mark.parametrize(
    "before, after, p_value",
    [
        (0, 0, 1.0),
        (0, 1, 1.0),
        (0, 5, 0.0625),
        (0, 6, 0.03125),
        (1, 9, 0.021484375),
        (5, 5, 1.0),
        # Agresti, Categorical Data Analysis, on the approval of a prime minister: 150 against 86.
        (86, 150, 3.7167e-05),
    ],
)
def test_mcnemar_gives_known_values(before: int, after: int, p_value: float) -> None:
    assert mcnemar(before, after) == pytest.approx(p_value, rel=1e-3)
    assert mcnemar(after, before) == mcnemar(before, after)


def test_mcnemar_of_very_many_examples_does_not_overflow() -> None:
    assert mcnemar(2000, 2000) == 1.0
    assert 0 < mcnemar(1000, 2000) < 1e-50


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), max_size=12))
def test_on_right_and_wrong_the_permutation_test_is_mcnemars(differences: list[float]) -> None:
    exact = mcnemar(differences.count(-1.0), differences.count(1.0))
    assert permutation_test(differences) == pytest.approx(exact)


def test_the_drawn_permutation_test_is_close_to_the_exact_one() -> None:
    differences = [1.0] * 14 + [-1.0] * 6
    assert permutation_test(differences, seed=1) == pytest.approx(mcnemar(6, 14), abs=0.02)
    assert permutation_test(differences, seed=1) == permutation_test(differences, seed=1)


def test_the_permutation_test_is_never_zero_and_sees_a_clear_difference() -> None:
    assert 0 < permutation_test([0.5] * 40) < 0.001


def test_the_permutation_test_keeps_its_level_where_there_is_no_difference() -> None:
    generator = random.Random(7)
    rejected = sum(
        permutation_test([generator.gauss(0, 1) for _ in range(10)], seed=trial) < 0.05
        for trial in range(200)
    )
    assert rejected <= 18  # 5 % of 200 is 10; more than 18 has a chance of under 1 %


def test_newcombes_interval_has_the_published_value() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 2635-2650, method 10: 36, 12, 2, 0.
    interval = newcombe(36, 2, 12, 0)
    assert interval.low == pytest.approx(0.0569, abs=5e-5)
    assert interval.high == pytest.approx(0.3404, abs=5e-5)


def test_five_of_twenty_better_are_no_proof_for_test_and_interval_alike() -> None:
    comparison = compare([0.0] * 15 + [1.0] * 5, [1.0] * 5 + [0.0] * 10 + [1.0] * 5)
    assert comparison.p_value == 0.0625
    assert comparison.interval.low < 0 < comparison.difference == 0.25 < comparison.interval.high


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(any))
def test_the_paired_interval_agrees_with_mcnemars_test(counts: list[int]) -> None:
    both, only_before, only_after, neither = counts
    interval = paired_interval(both, only_before, only_after, neither)
    difference = (only_after - only_before) / sum(counts)
    assert -1 <= interval.low <= difference <= interval.high <= 1
    is_difference_seen = interval.low > 0 or interval.high < 0
    assert is_difference_seen == (mcnemar(only_before, only_after) < 0.05)
    mirrored = paired_interval(both, only_after, only_before, neither)
    assert mirrored.low == pytest.approx(-interval.high)


def test_the_paired_interval_of_very_many_examples_does_not_overflow() -> None:
    interval = paired_interval(10_000, 2_000, 4_000, 4_000)
    assert 0.09 < interval.low < 0.1 < interval.high < 0.11


def test_the_bootstrap_agrees_with_theory() -> None:
    generator = random.Random(3)
    values = [generator.gauss(2, 1) for _ in range(200)]
    interval = bootstrap(values, seed=1)
    mean = sum(values) / 200
    assert interval.low == pytest.approx(mean - 1.96 / math.sqrt(200), abs=0.03)
    assert interval.high == pytest.approx(mean + 1.96 / math.sqrt(200), abs=0.03)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20), st.integers(0, 5))
def test_the_bootstrap_stays_within_its_values_and_repeats(values: list[float], seed: int) -> None:
    interval = bootstrap(values, seed=seed)
    assert min(values) - 1e-9 <= interval.low <= interval.high <= max(values) + 1e-9
    assert bootstrap(values, seed=seed) == interval


def test_the_bootstrap_of_nothing_knows_nothing() -> None:
    assert bootstrap([]).low == -math.inf


def test_intervals_of_means_follow_the_kind_of_scores() -> None:
    assert mean_interval([1.0, 0.0, 0.0]) == wilson(1, 3)
    assert mean_interval([]) == wilson(0, 0)
    graded = mean_interval([0.5, 0.9, 1.0] * 4)
    assert 0.5 < graded.low < 0.8 < graded.high <= 1.0


def test_comparisons_choose_the_test_by_the_scores() -> None:
    binary = compare([0.0] * 6 + [1.0], [1.0] * 6 + [1.0])
    assert (binary.test, binary.n, binary.p_value) == ("exact McNemar", 7, 0.03125)
    assert binary.difference == pytest.approx(6 / 7)
    graded = compare([0.1, 0.2, 0.3], [0.2, 0.4, 0.35])
    assert (graded.test, graded.p_value) == ("paired permutation", 0.25)
    assert graded.interval.low <= graded.difference <= graded.interval.high
