"""Does refining an answer help? The vote over its versions against a vote over as many plain answers.

A vote over several answers is better than one answer, whether they were refined or only drawn again. So the
refined versions are compared with as many plain samples, on the same questions, and the first answer is the
same reply in both.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.data import Dataset, Example
from textgrad_lite.engines import Engine, as_engine, get_backward_engine
from textgrad_lite.errors import BackwardError, BudgetExceededError, TextgradError
from textgrad_lite.graph import Variable
from textgrad_lite.metrics import Metric
from textgrad_lite.metrics.metric import check_examples
from textgrad_lite.tasks.task import LoadedTask
from textgrad_lite.tasks.test_time.comparison import QuestionResult, VoteComparison
from textgrad_lite.tasks.test_time.objectives import Objective, make_objective
from textgrad_lite.tasks.test_time.refining import improve
from textgrad_lite.tasks.test_time.voting import Vote, vote
from textgrad_lite.training.concurrency import gather_in_order
from textgrad_lite.training.failures import concerns_one_call, original_error

_SAME_FORM = "The last line stays in the form that was asked for: 'Answer: ' and the answer."
_TEMPERATURE = 0.7
_MOST_FAILED = 0.1
_AT_ONCE = 16
"""Questions at a time: where a limit is reached, those begun are lost, so they should not be all."""


def compare_votes(
    task: LoadedTask, engine: Engine | str | object | None = None, **options: Any
) -> VoteComparison:
    """Refines the answers to a task's test questions, and compares with plain samples.

    Args:
        task: The task; its starting prompt is the system prompt.
        engine: The model that answers, or its name; the backward engine if None.
        **options: Those of :func:`acompare_votes`.

    Raises:
        EngineError: If more than a tenth of the questions cannot be asked.
        BudgetExceededError: If a limit is reached before a question is done; else it is among ``failed``.
        MetricError: If an example lacks what the metric needs, before anything is asked.
    """
    return runtime.run(_compare(task, engine, **options))


async def acompare_votes(
    task: LoadedTask, engine: Engine | str | object | None = None, **options: Any
) -> VoteComparison:
    """Same as :func:`compare_votes`, from any event loop.

    Args:
        task: The task.
        engine: The model that answers.
        **options: ``iterations``: how often an answer is rewritten, 3 by default; a vote has one more.
            ``critic``: the model that criticises and rewrites, ``engine`` by default. ``dataset``: other
            questions than the test set. ``objective``: makes the loss of an example. ``on_question``: called
            with each :class:`QuestionResult` as it is there. ``at_once``: questions that are worked on
            together, 16 by default. ``temperature``: 0.7 by default. Any other is a sampling option of the
            answering model.
    """
    return await runtime.arun(_compare(task, engine, **options))


async def _compare(
    task: LoadedTask,
    engine: Engine | str | object | None,
    *,
    iterations: int = 3,
    critic: Engine | str | object | None = None,
    dataset: Dataset | Sequence[Example] | None = None,
    objective: Callable[[Example], Objective] | None = None,
    on_question: Callable[[QuestionResult], object] | None = None,
    temperature: float | None = _TEMPERATURE,
    at_once: int = _AT_ONCE,
    **sampling: Any,
) -> VoteComparison:
    examples = task.test if dataset is None else dataset
    check_examples(task.metric, examples)
    student = as_engine(engine if engine is not None else get_backward_engine())
    reviewer = as_engine(critic) if critic is not None else student
    asking = _Asking(task, student, reviewer, iterations, {"temperature": temperature, **sampling})

    places = asyncio.Semaphore(at_once)

    async def ask(example: Example) -> QuestionResult | Exception:
        try:
            doubt = objective(example) if objective else make_objective(task.task, example, reviewer)
            async with places:
                result = await asking.ask(example, doubt)
        except TextgradError as error:
            cause = _cause_of(error)
            if concerns_one_call(cause) or isinstance(cause, BudgetExceededError):
                return cause
            raise cause from error
        if on_question is not None:
            on_question(result)
        return result

    found = await gather_in_order([ask(example) for example in examples])
    questions = tuple(result for result in found if isinstance(result, QuestionResult))
    errors = [result for result in found if isinstance(result, Exception)]
    is_over = any(isinstance(error, BudgetExceededError) for error in errors)
    if len(errors) > _MOST_FAILED * len(found) and not (is_over and questions):
        raise errors[0]
    return VoteComparison(questions, iterations + 1, Counter(type(error).__name__ for error in errors))


def _cause_of(error: Exception) -> Exception:
    """What went wrong first, in a call or in a branch of a backward pass."""
    if isinstance(error, BackwardError) and error.failures:
        error = error.failures[0]
    return original_error(error)


@dataclass(frozen=True)
class _Asking:
    """How one question is asked in both ways."""

    task: LoadedTask
    student: Engine
    critic: Engine
    iterations: int
    sampling: Mapping[str, Any]

    async def ask(self, example: Example, objective: Objective) -> QuestionResult:
        metric, model = self.task.metric, self.task.make_model(self.student, **self.sampling)
        replies = [model(example.placeholders, draw=draw) for draw in range(self.iterations + 1)]
        refinement, samples = await asyncio.gather(
            improve(
                example.input,
                replies[0],
                objective,
                self.critic,
                iterations=self.iterations,
                read=partial(metric.answer_of, example),
                constraints=[_SAME_FORM],
            ),
            gather_in_order([_text_of(reply) for reply in replies]),
        )
        sampled = vote([metric.answer_of(example, reply) for reply in samples])
        return QuestionResult(
            example.id,
            (await metric.score(example, samples[0])).score,
            refinement.vote,
            sampled,
            await _score_vote(metric, example, refinement.vote, refinement.versions),
            await _score_vote(metric, example, sampled, samples),
        )


async def _text_of(reply: Variable) -> str:
    return str(await reply)


async def _score_vote(metric: Metric, example: Example, found: Vote, replies: Sequence[str]) -> float:
    """The score of the first reply that gives the answer of the vote; 0 where none answers."""
    for reply in replies:
        if found.answer is not None and metric.answer_of(example, reply) == found.answer:
            return (await metric.score(example, reply)).score
    return 0.0
