"""The verdict: one test, made once, on examples that no decision was made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from textgrad_lite.training.scores import Score
from textgrad_lite.training.statistics import compare_by_example

SIGNIFICANT = 0.05
"""Below this p-value, a difference is called significant."""

Outcome = Literal["better", "higher", "not-better", "nothing-found", "untested"]


class Verdict(BaseModel):
    """What a run can claim.

    Attributes:
        outcome: ``"better"``: significantly higher on the test set. ``"higher"``: higher, but chance cannot
            be ruled out. ``"not-better"``: not higher, so the original is kept. ``"nothing-found"``: no
            candidate passed the gate, so the original is kept. ``"untested"``: there was no test set, or it
            could not be scored.
        before: The original on the test set.
        after: The best candidate on the test set, with the same settings.
        n: Examples that both were scored on.
        difference: Mean of after minus before over these.
        low: Lower end of its 95 % interval.
        high: Its upper end.
        p_value: Two-sided.
        test: Name of the test.
        sentence: All of this in one plain sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    sentence: str
    before: Score | None = None
    after: Score | None = None
    n: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    test: str = ""

    @property
    def title(self) -> str:
        """The outcome in a few words."""
        return _TITLES[self.outcome]

    @property
    def is_significant(self) -> bool:
        """Whether an improvement is claimed."""
        return self.outcome == "better"

    @property
    def keeps_candidate(self) -> bool:
        """Whether the candidate takes the original's place. Without a test, the gate has decided."""
        return self.outcome in ("better", "higher", "untested")

    @property
    def is_better(self) -> bool:
        """Whether the prompt scores higher on the test set than it did, significantly or not."""
        return self.outcome in ("better", "higher")


def nothing_found(before: Score | None, *, tried: int) -> Verdict:
    """The verdict where the search ended with the original.

    Args:
        before: The original on the test set.
        tried: How many candidates there were.
    """
    told = "No candidate was better on validation" if tried else "No candidate was tried"
    stands = f" It scores {before} on the test set." if before is not None else ""
    return Verdict(
        outcome="nothing-found",
        before=before,
        n=before.n if before else 0,
        sentence=f"{told}; the original is kept.{stands}",
    )


def untested(reason: str) -> Verdict:
    """The verdict where there is no measurement on unseen examples."""
    return Verdict(
        outcome="untested",
        sentence=f"The change was chosen on validation and is not confirmed on unseen examples: {reason}.",
    )


def judge(
    before: Score,
    after: Score,
    scores_before: Mapping[str, float],
    scores_after: Mapping[str, float],
    *,
    seed: int,
) -> Verdict:
    """Compares original and candidate on the test set.

    Args:
        before: The original's score.
        after: The candidate's.
        scores_before: The original's scores by example.
        scores_after: The candidate's; examples that only one side has a score for are left out.
        seed: Decides the random draws of the interval.
    """
    pair = compare_by_example(scores_before, scores_after, seed=seed)
    if pair is None:
        return untested("no test example could be scored both before and after")
    outcome: Outcome = "not-better"
    if pair.difference > 0:
        outcome = "better" if pair.p_value < SIGNIFICANT else "higher"
    told = (
        f"{before.value:.1%} before, {after.value:.1%} after on {pair.n} test examples: "
        f"{_points(pair.difference)} points (95 % interval {_points(pair.interval.low)} to "
        f"{_points(pair.interval.high)}; {pair.test} test, p = {_rounded(pair.p_value)})"
    )
    return Verdict(
        outcome=outcome,
        before=before,
        after=after,
        n=pair.n,
        difference=pair.difference,
        low=pair.interval.low,
        high=pair.interval.high,
        p_value=pair.p_value,
        test=pair.test,
        sentence=f"{told}. {_MEANINGS[outcome]}",
    )


def with_stop(verdict: Verdict, reason: str, steps: int) -> Verdict:
    """The verdict, with a word on the limit that ended the search before it was done.

    Args:
        verdict: The verdict.
        reason: Why the search stopped.
        steps: How many steps it had completed.
    """
    if reason not in _LIMITS:
        return verdict
    done = f"after {steps} step{'s' * (steps != 1)}" if steps else "before the first step was complete"
    told = f"{verdict.sentence} The search ended {done}, because {_LIMITS[reason]}."
    return verdict.model_copy(update={"sentence": told})


_LIMITS = {"budget": "the budget allowed no more", "time": "the time was over"}
_TITLES: dict[Outcome, str] = {
    "better": "better",
    "higher": "higher, but it may be chance",
    "not-better": "not better",
    "nothing-found": "nothing found",
    "untested": "not confirmed",
}
_MEANINGS: dict[str, str] = {
    "better": "The new prompt is significantly better.",
    "higher": "The new prompt scored higher, but so small a difference may be chance: it is not significant.",
    "not-better": "The new prompt is not better on unseen examples; the original is kept.",
}


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _rounded(p_value: float) -> str:
    return f"{p_value:.3f}" if p_value >= 0.001 else "less than 0.001"
