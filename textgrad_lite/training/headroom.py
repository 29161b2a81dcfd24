"""Headroom: whether there is anything to gain, before the money for a search is spent.

Almost half of 72 published-method runs ended below the prompt that they began with; optimisation paid where
the task wants a form of answer that the model can give but does not give by itself ("Prompt Optimization Is a
Coin Flip", arXiv 2604.14585). So three cheap signs are looked at: how often the model is right now, how often
it is right in one of several draws, and how many of its failures are failures of form alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Literal

from pydantic import BaseModel, ConfigDict

from textgrad_lite.data import Example
from textgrad_lite.metrics.answers import normalized, strip_wrapping
from textgrad_lite.training.results import EvaluationResult, ExampleResult
from textgrad_lite.training.scores import Score
from textgrad_lite.training.statistics import mean_interval

Outlook = Literal["nothing-to-gain", "promising", "doubtful"]

_FEW = 10
_MUCH_OF_FORM = 0.25
_SHARE_THAT_COUNTS = 0.2
_STEADY = 0.9
_FEW_ANSWERS = 5


class Headroom(BaseModel):
    """What can be told of a prompt before it is optimised, from training and validation examples only.

    Attributes:
        baseline: The prompt as it is, one draw an example.
        draws: How often an example was drawn that was drawn again, the first draw included.
        redrawn: How many examples were.
        is_of_failures: Whether only failing examples were drawn again.
        best_of_n: The best draw of each example that was drawn again, or None where none was.
        agreement: Share of pairs of draws of one example that give the same answer, or None.
        failures: Examples that fail.
        form_failures: Those of them that hold the right answer in a wrong form; None where the examples have
            no target to look for.
        outlook: ``"nothing-to-gain"`` where nothing fails, ``"promising"`` where failures are of form or come
            right in another draw, else ``"doubtful"``.
        sentence: A plain recommendation, with its reasons.
        predicted_calls: What a full run takes at most, or None where nobody asked.
        predicted_usd: What that costs at most, or None where nobody asked or a price is unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    baseline: Score
    draws: int
    redrawn: int
    is_of_failures: bool
    best_of_n: Score | None
    agreement: float | None
    failures: int
    form_failures: int | None
    outlook: Outlook
    sentence: str
    predicted_calls: int | None = None
    predicted_usd: float | None = None


def weigh(
    first: EvaluationResult,
    again: Sequence[ExampleResult],
    examples: Iterable[Example],
    *,
    is_of_failures: bool,
) -> Headroom:
    """Puts together what a first draw and further ones show.

    Args:
        first: The first draw of every example.
        again: Further draws of some of them.
        examples: The examples, for what was expected.
        is_of_failures: Whether only failing examples were drawn again.
    """
    drawn = _draws_by_example(first, again)
    targets = {example.id: example.target for example in examples}
    failing = {result.example_id: result for result in first.failing}.values()
    form = [_is_of_form(result, targets.get(result.example_id)) for result in failing]
    known = [is_of_form for is_of_form in form if is_of_form is not None]
    found = Headroom(
        baseline=first.score,
        draws=max((len(results) for results in drawn.values()), default=1),
        redrawn=len(drawn),
        is_of_failures=is_of_failures,
        best_of_n=_best_of(drawn, first.seed) if drawn else None,
        agreement=_agreement(drawn.values()),
        failures=len(failing),
        form_failures=sum(known) if known or not failing else None,
        outlook="doubtful",
        sentence="",
    )
    outlook, reason = _advise(found, can_guess=_has_few_answers(list(targets.values())))
    return found.model_copy(update={"outlook": outlook, "sentence": _with_caution(found, reason)})


def _has_few_answers(targets: Sequence[str | None]) -> bool:
    """Whether the examples share so few answers that several draws find the right one by guessing."""
    answers = {normalized(target) for target in targets if target is not None}
    return 1 < len(answers) <= _FEW_ANSWERS and len(targets) >= 2 * len(answers)


def _draws_by_example(
    first: EvaluationResult, again: Sequence[ExampleResult]
) -> Mapping[str, list[ExampleResult]]:
    """All draws of the examples that were drawn again; a draw whose call failed is no draw."""
    drawn: dict[str, list[ExampleResult]] = {}
    begun = {result.example_id: result for result in first.examples if result.score is not None}
    for result in again:
        if result.score is not None and result.example_id in begun:
            drawn.setdefault(result.example_id, [begun[result.example_id]]).append(result)
    return drawn


def _best_of(drawn: Mapping[str, Sequence[ExampleResult]], seed: int) -> Score:
    best = [max(result.score or 0.0 for result in results) for results in drawn.values()]
    interval = mean_interval(best, seed=seed)
    return Score(mean=sum(best) / len(best), n=len(best), low=interval.low, high=interval.high)


def _agreement(drawn: Iterable[Sequence[ExampleResult]]) -> float | None:
    pairs = [_said(one) == _said(other) for results in drawn for one, other in combinations(results, 2)]
    return sum(pairs) / len(pairs) if pairs else None


def _said(result: ExampleResult) -> str:
    return normalized(result.output if result.answer is None else result.answer)


def _is_of_form(result: ExampleResult, target: str | None) -> bool | None:
    """Whether a failing reply holds the right answer, only not as the metric wants it.

    A reply that the metric could not read is searched as a whole. In one that it read as a wrong answer, the
    target may stand by chance, as a number does in a calculation, so only the first and the last line count.
    """
    if target is None or not normalized(strip_wrapping(target)):
        return None
    if result.kind == "refused":
        return False
    lines = [line for line in result.output.splitlines() if line.strip()]
    places = [result.output] if result.kind == "unparsable" else [*lines[:1], *lines[-1:]]
    return any(_holds(place, strip_wrapping(target)) for place in places)


def _holds(text: str, target: str) -> bool:
    """Whether a target stands in a text as whole words, and as a whole number.

    A single letter is an article or a pronoun more often than an answer, so it has to stand as it is written
    and may not go on into a sentence.
    """
    if len(target) == 1 and target.isalpha():
        return re.search(rf"(?<![\w'\u2019]){target}(?![\w'\u2019]|\s+\w)", text) is not None
    words = re.escape(normalized(target))
    return re.search(rf"(?<![\w.])(?<![-\u2212]){words}(?!\w|[.,]\d)", normalized(text)) is not None


def _advise(found: Headroom, *, can_guess: bool) -> tuple[Outlook, str]:
    baseline, form = found.baseline, found.form_failures or 0
    if not found.failures:
        return "nothing-to-gain", f"All {baseline.n} examples are right: a search cannot show a gain."
    if form >= 2 and form >= _MUCH_OF_FORM * found.failures:
        return "promising", (
            f"{form} of {found.failures} failures hold the right answer in a form that the metric does not "
            "take: that is what better prompts mend best. A search is likely to pay."
        )
    recovered = _recovered(found)
    if recovered is None:
        return "doubtful", (
            f"{found.failures} of {baseline.n} examples fail, for reasons other than form. Whether a prompt "
            "can mend that is open."
        )
    if recovered >= _SHARE_THAT_COUNTS and can_guess:
        return "doubtful", (
            f"{_told_gain(found)}; but there are so few different answers that guessing does this too. "
            "Whether a prompt can help is open."
        )
    if recovered >= _SHARE_THAT_COUNTS:
        return "promising", (
            f"{_told_gain(found)}: the model can do it, but does not always. A search may well pay."
        )
    steady = found.agreement is not None and found.agreement >= _STEADY
    manner = "in the same way each time" if steady else "in every draw"
    return "doubtful", (
        f"{_told_gain(found)}: with this prompt the model fails {manner}. Only another way of working can "
        "help, and it may be beyond the model; of published runs, about half ended below their start."
    )


def _recovered(found: Headroom) -> float | None:
    """How much of what the first draw leaves open the best of several draws gets, as a share of it."""
    if found.best_of_n is None:
        return None
    begun = 0.0 if found.is_of_failures else found.baseline.value
    return (found.best_of_n.value - begun) / (1 - begun) if begun < 1 else 0.0


def _told_gain(found: Headroom) -> str:
    assert found.best_of_n is not None
    if found.is_of_failures:
        right = round(found.best_of_n.value * found.best_of_n.n)
        more = "another draw" if found.draws == 2 else f"one of {found.draws - 1} more draws"
        return f"{right} of {found.redrawn} failing examples come right in {more}"
    best, one = found.best_of_n.value, found.baseline.value
    return f"The best of {found.draws} draws scores {best:.0%}, a single one {one:.0%}"


def _with_caution(found: Headroom, reason: str) -> str:
    if found.baseline.n >= _FEW:
        return reason
    return f"{reason} With {found.baseline.n} examples this is a first impression."
