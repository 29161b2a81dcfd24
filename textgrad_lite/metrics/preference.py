"""Which of two replies is better: a judge that sees them side by side, in both orders.

Judges prefer what stands first (Zheng et al., "Judging LLM-as-a-judge", arXiv 2306.05685): each pair is shown
in both orders, and a judge that changes its mind with the order has no preference.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from os.path import commonprefix

from textgrad_lite.data.example import Example
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Message, Request
from textgrad_lite.errors import MetricError, ParseError
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.prompts.preference import Choice, parse_preference, render_preference

RIVAL = "rival"
"""The field of an example that holds the reply which another one is compared with."""

_ATTEMPTS = 2
_HALF = 0.5


@dataclass(frozen=True)
class Preference:
    """What a judge says of two replies, asked in both orders.

    Attributes:
        share: 1.0 where the one is better, 0.0 where the other is, 0.5 where neither is, or where the judge
            took each once; 0.75 and 0.25 where it saw a difference in one of the orders only.
        reasons: Its reasons, one per order, first that of the order in which the one stood first.
        is_consistent: Whether it said the same in both orders.
    """

    share: float
    reasons: tuple[str, str]
    is_consistent: bool


class PairwiseJudge:
    """Compares replies by a rubric.

    Args:
        rubric: What makes a reply good, in the user's words.
        engine: The model that judges; it is asked with purpose ``judge`` at temperature 0.
    """

    calls_per_pair = 2 * _ATTEMPTS

    def __init__(self, rubric: str, engine: Engine) -> None:
        self.rubric = rubric
        self.engine = engine
        prompts = [render_preference(rubric=rubric, question=q, first="", second="") for q in "ab"]
        self._shared = len(commonprefix(prompts))  # noqa: RUF071 - texts, no paths

    async def compare(self, question: str, one: str, other: str) -> Preference:
        """Asks which of two replies is better, in both orders at once.

        Args:
            question: What was asked.
            one: A reply.
            other: Another one.

        Raises:
            ParseError: If the judge's replies cannot be read, nor those to a second attempt.
            EngineError: If the judge cannot be asked.
        """
        if one == other:
            return Preference(_HALF, ("The replies are the same.", "The replies are the same."), True)
        ahead, behind = await asyncio.gather(self._ask(question, one, other), self._ask(question, other, one))
        share = (ahead.first + 1 - behind.first) / 2
        return Preference(share, (ahead.reason, behind.reason), ahead.first == 1 - behind.first)

    async def _ask(self, question: str, first: str, second: str) -> Choice:
        prompt = render_preference(rubric=self.rubric, question=question, first=first, second=second)
        message = Message.of("user", prompt, shared_prefix=self._shared)
        request = Request(messages=(message,), temperature=0.0, purpose="judge")
        problem = ParseError("the judge was not asked")
        for attempt in range(_ATTEMPTS):
            completion = await self.engine.complete(request.with_attempt(attempt))
            try:
                return parse_preference(completion.text, completion.finish_reason)
            except ParseError as error:
                problem = error
        raise problem


class PreferredTo(Metric):
    """The reply is better than the one in the example's field ``rival``, by a judge's comparison.

    Args:
        judge: Who compares.
    """

    worst_case_calls = PairwiseJudge.calls_per_pair

    def __init__(self, judge: PairwiseJudge) -> None:
        self._judge = judge
        self.name = "preferred"
        self.description = "A judge prefers the reply to another one by this rubric: " + " ".join(
            judge.rubric.split()
        )

    def check(self, example: Example) -> None:
        """There has to be a reply to compare with."""
        if RIVAL not in example.fields:
            raise MetricError(
                f"the metric preferred needs a field {RIVAL!r}, and example {example.id!r} has none",
                hint="Put the reply that others are compared with into this field.",
            )

    async def score(self, example: Example, output: str) -> MetricResult:
        """Compares the reply with the rival; it is right where it is preferred, all in all."""
        self.check(example)
        found = await self._judge.compare(example.input, output, example.fields[RIVAL])
        reasons = " ".join(dict.fromkeys(reason for reason in found.reasons if reason))
        if found.share > _HALF:
            return MetricResult(score=found.share, kind="right", feedback=f"Better than the rival: {reasons}")
        word = "Not better than" if found.share == _HALF else "Worse than"
        return MetricResult(score=found.share, feedback=f"{word} the rival: {reasons}")

    def fingerprint(self) -> str:
        """Name, rubric and judge."""
        digest = hashlib.sha256(self._judge.rubric.encode()).hexdigest()
        return f"{self.name}:{digest}:{self._judge.engine.name}"
