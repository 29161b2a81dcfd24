"""Runs side by side, and compared pair by pair where they were judged on the same examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from pydantic import BaseModel, ConfigDict

from textgrad_lite.errors import RunError
from textgrad_lite.report.money import add_costs, count_calls
from textgrad_lite.report.secrets import flatten_config
from textgrad_lite.training import RunRecord, Score, Verdict, events
from textgrad_lite.training.fit_result import FitResult
from textgrad_lite.training.statistics import compare

CAUTION = (
    "Whoever picks the best of several runs by their test scores has used the test set to choose: the score "
    "of the winner is then too high. Confirm it on fresh examples."
)


class RunRow(BaseModel):
    """One run among others.

    Attributes:
        name: Name of its folder.
        status: ``"finished"``, ``"running"`` or ``"interrupted"``.
        verdict: Its verdict, or None.
        validation: The best state on validation.
        before: The original on the test set.
        kept: What the run kept, the new text or the original, on the test set.
        calls: Calls that were paid for.
        cost_usd: What they cost, or None where a price is unknown.
        steps: Steps that were completed.
        length: Characters of the text that it kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    status: str
    verdict: Verdict | None
    validation: Score | None
    before: Score | None
    kept: Score | None
    calls: int
    cost_usd: float | None
    steps: int
    length: int


class Contest(BaseModel):
    """What two runs kept, compared on the same test examples.

    Attributes:
        first: Name of one run.
        second: Name of the other.
        n: Examples that both have a score for.
        difference: Mean of the second minus that of the first.
        low: Lower end of its 95 % interval.
        high: Its upper end.
        p_value: Two-sided, of this pair alone.
        adjusted: The same, adjusted for the number of pairs (Holm 1979).
        test: Name of the test.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: str
    second: str
    n: int
    difference: float
    low: float
    high: float
    p_value: float
    adjusted: float
    test: str


class RunComparison(BaseModel):
    """Several runs.

    Attributes:
        runs: One row for each.
        differences: Settings, data and start prompts that are not the same in all: a value for each run, in
            order, None where it has none.
        contests: Every pair, where all were judged on the same test examples.
        why_none: Why there are no contests, or an empty text.
        caution: What not to conclude.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs: tuple[RunRow, ...]
    differences: dict[str, tuple[str | None, ...]]
    contests: tuple[Contest, ...]
    why_none: str
    caution: str = CAUTION


def compare_runs(records: Sequence[RunRecord], *, seed: int = 0) -> RunComparison:
    """Compares runs.

    Args:
        records: Two or more, begun all of them.
        seed: Decides the random draws of intervals.

    Raises:
        RunError: If one has not begun.
    """
    names = _name(records)
    results = [_result(record) for record in records]
    why_none = _why_no_contests(records)
    return RunComparison(
        runs=tuple(map(_row, names, records, results)),
        differences=_differences(records),
        contests=() if why_none else tuple(_contests(names, records, results, seed)),
        why_none=why_none,
    )


def _result(record: RunRecord) -> FitResult:
    if record.result is None:
        raise RunError(f"the run in {record.path} has not begun", hint="Leave it out, or resume it first.")
    return record.result


def _name(records: Sequence[RunRecord]) -> list[str]:
    """The folders' names, or their whole paths where two are called the same."""
    names = [record.path.resolve().name for record in records]
    return names if len(set(names)) == len(names) else [str(record.path) for record in records]


def _row(name: str, record: RunRecord, result: FitResult) -> RunRow:
    verdict = result.verdict
    is_new = verdict is not None and verdict.keeps_candidate and result.test_after is not None
    return RunRow(
        name=name,
        status=record.status,
        verdict=verdict,
        validation=result.validation_after,
        before=result.test_before,
        kept=result.test_after if is_new else result.test_before,
        calls=count_calls(result),
        cost_usd=add_costs(result),
        steps=result.steps,
        length=len(result.best_text),
    )


def _kept_scores(record: RunRecord, result: FitResult) -> Mapping[str, float]:
    """The test scores of what a run kept, by example."""
    scores = {e.which: e.scores for e in record.events if isinstance(e, events.TestScored)}
    is_new = result.verdict is not None and result.verdict.keeps_candidate
    return scores.get("after" if is_new else "before") or scores.get("before", {})


def _why_no_contests(records: Sequence[RunRecord]) -> str:
    digests = {_digests(record).get("test", "none") for record in records}
    if "none" in digests:
        return "Not every run has a test set."
    if len(digests) > 1:
        return "The test examples are not the same, so the runs cannot be compared example by example."
    if not all(any(isinstance(e, events.TestScored) and e.scores for e in r.events) for r in records):
        return "Not every run has come to the test set, or kept its single scores."
    return ""


def _contests(
    names: Sequence[str], records: Sequence[RunRecord], results: Sequence[FitResult], seed: int
) -> Iterator[Contest]:
    scores = [_kept_scores(record, result) for record, result in zip(records, results, strict=True)]
    pairs = []
    for one, other in combinations(range(len(names)), 2):
        both = [example for example in scores[one] if example in scores[other]]
        if both:
            pair = compare([scores[one][e] for e in both], [scores[other][e] for e in both], seed=seed)
            pairs.append((names[one], names[other], pair))
    adjusted = adjust_for_number([pair.p_value for _, _, pair in pairs])
    for (first, second, pair), p_value in zip(pairs, adjusted, strict=True):
        yield Contest(
            first=first,
            second=second,
            n=pair.n,
            difference=pair.difference,
            low=pair.interval.low,
            high=pair.interval.high,
            p_value=pair.p_value,
            adjusted=p_value,
            test=pair.test,
        )


def adjust_for_number(p_values: Sequence[float]) -> list[float]:
    """Adjusts p-values for their number by the step-down method of Holm (1979), in their order."""
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def _differences(records: Sequence[RunRecord]) -> dict[str, tuple[str | None, ...]]:
    known = [_describe(record) for record in records]
    names = dict.fromkeys(name for described in known for name in described)
    values = {name: tuple(described.get(name) for described in known) for name in names}
    return {name: given for name, given in values.items() if len(set(given)) > 1}


def _describe(record: RunRecord) -> dict[str, str]:
    """What a run was begun with: its configuration, or where that says little, what it follows from."""
    configured = {
        name.removeprefix("settings.").removeprefix("budget."): value
        for name, value in flatten_config(record.config)
    }
    origin = next((e.fingerprint for e in record.events if isinstance(e, events.RunStarted)), None)
    if origin is None:
        return configured
    data = {f"data: {name}": digest for name, digest in origin.data.items()}
    settings = {} if "settings" in record.config else origin.settings
    return {**settings, **configured, **data, "start prompt": origin.text}


def _digests(record: RunRecord) -> Mapping[str, str]:
    return next((e.fingerprint.data for e in record.events if isinstance(e, events.RunStarted)), {})
