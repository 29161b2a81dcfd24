"""The few statistics that honest numbers need, written out by hand.

Wilson's interval for a share; for right and wrong on the same examples the exact test of McNemar, with an
interval of the difference that agrees with it; for graded scores a paired permutation test with a bootstrap
interval. Everything random takes a seed.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

CONFIDENCE = 0.95
"""The confidence of every interval that is reported."""

_DRAWS = 4000
_ENUMERATED = 12
_TOLERANCE = 1e-12
_HALVINGS = 50


@dataclass(frozen=True)
class Interval:
    """A confidence interval."""

    low: float
    high: float


def wilson(successes: int, n: int, *, confidence: float = CONFIDENCE) -> Interval:
    """The interval of Wilson for a share (Wilson 1927).

    Args:
        successes: How many of ``n`` succeeded.
        n: How many there are; without any, nothing is known and the interval is all of 0 to 1.
        confidence: How often such an interval holds the true share.
    """
    if n == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends of the scale the formula is exact but for rounding.
    low = 0.0 if successes == 0 else max(0.0, centre - reach)
    high = 1.0 if successes == n else min(1.0, centre + reach)
    return Interval(low, high)


def mcnemar(only_before: int, only_after: int) -> float:
    """The exact two-sided test of McNemar (1947) for two outcomes on the same examples.

    Args:
        only_before: Examples that were right before and are wrong after.
        only_after: Examples that were wrong before and are right after.

    Returns:
        How probable so uneven a pair of counts is, if either direction were equally likely.
    """
    n = only_before + only_after
    tail = sum(math.comb(n, k) for k in range(min(only_before, only_after) + 1))
    return min(1.0, 2 * tail / (1 << n))


def paired_interval(both: int, only_before: int, only_after: int, neither: int) -> Interval:
    """The 95 % interval of the difference of two shares of right answers on the same examples.

    It is the wider, at each end, of two: that of Newcombe (1998, Statistics in Medicine 17, 2635-2650, method
    10), which has good coverage; and the exact one for how the examples that changed divide (Clopper and
    Pearson 1934), which holds no difference just where McNemar's exact test sees none. So the two can never
    be read against each other.

    Args:
        both: Examples that were right before and are right after.
        only_before: Examples that were right before only.
        only_after: Examples that are right after only.
        neither: The other examples.
    """
    scored = newcombe(both, only_before, only_after, neither)
    exact = _conditional(only_before, only_after, both + only_before + only_after + neither)
    return Interval(min(scored.low, exact.low), max(scored.high, exact.high))


def newcombe(both: int, only_before: int, only_after: int, neither: int) -> Interval:
    """Newcombe's interval alone; the arguments are those of :func:`paired_interval`."""
    n = both + only_before + only_after + neither
    before, after = both + only_before, both + only_after
    old, new, difference = wilson(before, n), wilson(after, n), (only_after - only_before) / n
    phi = _correlation(both, only_before, only_after, neither)
    down = _combined(after / n - new.low, old.high - before / n, phi)
    up = _combined(new.high - after / n, before / n - old.low, phi)
    return Interval(difference - down, difference + up)


def _correlation(both: int, only_before: int, only_after: int, neither: int) -> float:
    """Phi with Newcombe's correction: a positive association counts for n / 2 less, but not below zero."""
    n = both + only_before + only_after + neither
    margins = (both + only_before, only_after + neither, both + only_after, only_before + neither)
    association: float = both * neither - only_before * only_after
    if association > 0:
        association = max(association - n / 2, 0)
    return association / math.sqrt(math.prod(margins)) if all(margins) else 0.0


def _combined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _conditional(only_before: int, only_after: int, n: int) -> Interval:
    changed = only_before + only_after
    low, high = _clopper_pearson(only_after, changed), 1 - _clopper_pearson(only_before, changed)
    return Interval((2 * low - 1) * changed / n, (2 * high - 1) * changed / n)


def _clopper_pearson(successes: int, n: int) -> float:
    """The lower end of the exact 95 % interval of a share: where so many or more have a chance of 2.5 %."""
    if successes == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _tail(successes, n, middle) > (1 - CONFIDENCE) / 2:
            high = middle
        else:
            low = middle
    return low


def _tail(successes: int, n: int, share: float) -> float:
    """The chance of so many successes or more, by logarithms, which do not overflow."""
    log, log_rest = math.log(share), math.log1p(-share)
    ways = (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(successes, n + 1))
    return math.fsum(
        math.exp(way + k * log + (n - k) * log_rest) for k, way in enumerate(ways, start=successes)
    )


def permutation_test(differences: Sequence[float], *, seed: int = 0) -> float:
    """The two-sided paired permutation test: how often random signs give so large a mean (Fisher 1935).

    On differences of right and wrong, which are -1, 0 or 1, it is McNemar's test. Exact for up to twelve
    differences that are not zero, else by 4,000 seeded draws.
    """
    moved = [difference for difference in differences if abs(difference) > _TOLERANCE]
    observed = abs(math.fsum(moved)) - _TOLERANCE
    if len(moved) <= _ENUMERATED:
        sums = [abs(math.fsum(values)) for values in itertools.product(*((d, -d) for d in moved))]
        return sum(1 for total in sums if total >= observed) / len(sums)
    generator = random.Random(f"permutation {seed}")  # noqa: S311 - reproducible, not secret
    extreme = 0
    for _ in range(_DRAWS):
        bits = generator.getrandbits(len(moved))
        total = sum(value if bits >> place & 1 else -value for place, value in enumerate(moved))
        extreme += abs(total) >= observed
    return (extreme + 1) / (_DRAWS + 1)


def bootstrap(values: Sequence[float], *, seed: int = 0, confidence: float = CONFIDENCE) -> Interval:
    """The percentile bootstrap interval of a mean (Efron 1979), by 4,000 seeded draws.

    Args:
        values: One per example; for a comparison, the paired differences.
        seed: Decides the draws.
        confidence: How often such an interval holds the true mean.
    """
    if not values:
        return Interval(-math.inf, math.inf)
    generator = random.Random(f"bootstrap {seed}")  # noqa: S311 - reproducible, not secret
    means = sorted(fmean(generator.choices(values, k=len(values))) for _ in range(_DRAWS))
    tail = (1 - confidence) / 2
    return Interval(means[math.floor(tail * _DRAWS)], means[math.ceil((1 - tail) * _DRAWS) - 1])


def mean_interval(scores: Sequence[float], *, seed: int = 0) -> Interval:
    """The interval of a mean score: Wilson's where all scores are 0 or 1, else by bootstrap within 0 to 1."""
    if all(score in (0.0, 1.0) for score in scores):
        return wilson(round(sum(scores)), len(scores))
    interval = bootstrap(scores, seed=seed)
    return Interval(max(0.0, interval.low), min(1.0, interval.high))


@dataclass(frozen=True)
class Comparison:
    """Two series of scores on the same examples.

    Attributes:
        n: Pairs.
        difference: Mean of after minus before.
        interval: Its 95 % interval: :func:`paired_interval` for right and wrong, else by bootstrap.
        p_value: Two-sided, that there is no difference.
        test: The name of the test.
    """

    n: int
    difference: float
    interval: Interval
    p_value: float
    test: str


def compare(before: Sequence[float], after: Sequence[float], *, seed: int = 0) -> Comparison:
    """Compares scores pairwise: McNemar's test for right and wrong, else the permutation test.

    Args:
        before: Scores of one candidate.
        after: Scores of another on the same examples, in the same order; at least one.
        seed: Decides the random draws.
    """
    differences = [new - old for old, new in zip(before, after, strict=True)]
    if all(score in (0.0, 1.0) for score in (*before, *after)):
        test, counts = "exact McNemar", Counter(zip(before, after, strict=True))
        both, only_before, only_after = counts[1, 1], counts[1, 0], counts[0, 1]
        p_value = mcnemar(only_before, only_after)
        interval = paired_interval(both, only_before, only_after, counts[0, 0])
    else:
        test = "paired permutation"
        p_value = permutation_test(differences, seed=seed)
        interval = bootstrap(differences, seed=seed)
    return Comparison(len(differences), fmean(differences), interval, p_value, test)


def compare_by_example(
    before: Mapping[str, float], after: Mapping[str, float], *, seed: int = 0
) -> Comparison | None:
    """Compares scores by the names of their examples, on those that both have a score for; None without any.

    Args:
        before: Scores of one candidate.
        after: Scores of another.
        seed: Decides the random draws.
    """
    both = [name for name in before if name in after]
    if not both:
        return None
    return compare([before[name] for name in both], [after[name] for name in both], seed=seed)
