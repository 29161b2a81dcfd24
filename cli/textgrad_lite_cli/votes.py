"""Answers optimised one by one: the vote over refined versions beside the vote over plain answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from textgrad_lite.data import Dataset
from textgrad_lite.engines import Account, Session, use_session
from textgrad_lite.tasks import LoadedTask
from textgrad_lite.tasks.test_time import VoteComparison, compare_votes
from textgrad_lite.training.statistics import Comparison
from textgrad_lite.training.verdict import SIGNIFICANT
from textgrad_lite_cli.console import get_errors, get_output, print_json
from textgrad_lite_cli.job import Job
from textgrad_lite_cli.verdict import make_spend_table

_CALLS_PER_ITERATION = 4
"""Judgement, criticism, and a rewrite that may be asked for twice."""

_SCORED = 3
"""Of each question: the first answer, and what each of the two votes chose."""


def count_calls(questions: int, iterations: int, judgements: int = 0) -> int:
    """Return how many calls the comparison takes at most, with so many for a score."""
    return questions * (1 + iterations + _CALLS_PER_ITERATION * iterations + _SCORED * judgements)


def run_votes(
    job: Job, task: LoadedTask, dataset: Dataset, *, iterations: int, temperature: float | None, as_json: bool
) -> None:
    """Refine the answers to questions, compare with plain ones, and print what was found.

    Args:
        job: For the models and the limits.
        task: The task.
        dataset: Its questions.
        iterations: How often an answer is rewritten.
        temperature: Of the answering model; that of the comparison if None.
        as_json: Whether to print JSON.
    """
    options: dict[str, Any] = {} if temperature is None else {"temperature": temperature}
    session = Session(budget=job.budget)
    with _make_bar() as bar, use_session(session):
        row = bar.add_task("questions", total=len(dataset))
        found = compare_votes(
            task,
            job.engines.student,
            critic=job.engines.optimizer,
            dataset=dataset,
            iterations=iterations,
            on_question=lambda _: bar.advance(row),
            **options,
        )
    accounts = session.ledger.report()
    if as_json:
        print_json(_describe(found, [vars(account) for account in accounts]))
    else:
        _print(get_output(), found, accounts)


def _make_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=get_errors(),
        transient=True,
        disable=not get_errors().is_terminal,
    )


def _print(output: Console, found: VoteComparison, accounts: list[Account]) -> None:
    refined, plain = found.calls_per_question
    table = Table("answer", "right", "calls a question", box=None, pad_edge=False)
    table.add_row("the first answer", str(found.first), "1")
    table.add_row(f"vote over {found.n_votes} plain answers", str(found.samples), str(plain))
    table.add_row(f"vote over {found.n_votes} refined versions", str(found.iterates), str(refined))
    output.print(table)
    for kind, count in found.failed.items():
        output.print(f"{count} questions could not be asked: {kind}", markup=False)
    output.print(_sentence(found.comparison), markup=False, soft_wrap=True)
    output.print(make_spend_table(accounts))


def _sentence(comparison: Comparison) -> str:
    low, high = comparison.interval.low, comparison.interval.high
    seen = "is more than chance" if comparison.p_value < SIGNIFICANT else "may be chance"
    return (
        f"Refined against plain: {comparison.difference:+.1%} (95 % interval {low:+.1%} to {high:+.1%}, "
        f"{comparison.test}, p = {comparison.p_value:.3f}): the difference {seen}."
    )


def _describe(found: VoteComparison, spend: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "first": found.first.model_dump(mode="json"),
        "samples": found.samples.model_dump(mode="json"),
        "iterates": found.iterates.model_dump(mode="json"),
        "n_votes": found.n_votes,
        "failed": dict(found.failed),
        "comparison": asdict(found.comparison),
        "questions": [
            {
                "id": question.example_id,
                "first": question.first,
                "samples": {**asdict(question.samples), "score": question.samples_score},
                "iterates": {**asdict(question.iterates), "score": question.iterates_score},
            }
            for question in found.questions
        ],
        "spend": spend,
    }
