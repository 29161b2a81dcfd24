"""Measuring a module as it is, without training it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.data import Dataset
from textgrad_lite.engines import Engine, as_engine
from textgrad_lite.functions import Module
from textgrad_lite.metrics import Metric, as_metric, get_metric
from textgrad_lite.metrics.metric import check_examples
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.events import Event
from textgrad_lite.training.program import Program, RunOn
from textgrad_lite.training.results import EvaluationResult

MetricLike = Metric | str | Callable[..., Any]


def find_metric(metric: MetricLike, engine: Engine | None) -> Metric:
    """A metric from itself, its name, or a function that scores an output.

    Args:
        metric: Which one.
        engine: Who judges, for the metric ``judge:``.
    """
    return get_metric(metric, engine=engine) if isinstance(metric, str) else as_metric(metric)


async def aevaluate(
    module: Module,
    metric: MetricLike,
    dataset: Dataset,
    *,
    engine: Engine | str | object | None = None,
    repeats: int = 1,
    max_error_rate: float = 0.1,
    callbacks: Sequence[Callable[[Event], object]] = (),
    call: RunOn | None = None,
) -> EvaluationResult:
    """Same as :func:`evaluate`, from any event loop."""
    judge = None if engine is None else as_engine(engine)
    scored_by = find_metric(metric, judge)
    check_examples(scored_by, dataset)

    def tell(event: Event) -> None:
        for callback in callbacks:
            callback(event)

    evaluator = Evaluator(
        Program(module, call), scored_by, max_error_rate=max_error_rate, repeats=repeats, listen=tell
    )
    return await runtime.arun(evaluator.evaluate(module.state_dict(), dataset, label=dataset.source))


def evaluate(
    module: Module,
    metric: MetricLike,
    dataset: Dataset,
    **options: Any,
) -> EvaluationResult:
    """Scores a module on all examples of a dataset.

    Args:
        module: What is scored, as it is.
        metric: A metric, its name, or a function that scores an output.
        dataset: The examples.
        **options: ``engine``, who judges for the metric ``judge:``; ``repeats``, how often each example is
            run; ``max_error_rate``, ``callbacks`` and ``call`` as in :class:`Trainer`.

    Raises:
        EngineError: If too many calls fail, or one with an error that all will meet.
        MetricError: If an example lacks what the metric needs, before anything is asked; or if the
            metric fails.
    """
    return runtime.run(aevaluate(module, metric, dataset, **options))
