"""The backward pass of a step: from failing examples to criticism of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textgrad_lite import functions
from textgrad_lite.data import Example
from textgrad_lite.errors import ContextLengthError
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.losses import MetricLoss
from textgrad_lite.metrics import Metric, MetricResult
from textgrad_lite.training.events import GradientRecord
from textgrad_lite.training.failures import concerns_one_call, original_error
from textgrad_lite.training.program import Program
from textgrad_lite.training.results import Rollout


@dataclass(frozen=True)
class Criticism:
    """What was said about a state.

    Attributes:
        gradients: By name of the parameter.
        records: The same for the journal, with the way from each parameter to the example.
    """

    gradients: Mapping[str, tuple[Gradient, ...]]
    records: tuple[GradientRecord, ...]


NO_CRITICISM = Criticism({}, ())
"""What is known where nobody was asked."""


Loss = Callable[[Variable, Example], Variable]
"""Says in words what is wrong with the output of an example."""


async def criticise(
    program: Program,
    metric: Metric,
    rollouts: Sequence[Rollout],
    *,
    engine: object = None,
    loss: Loss | None = None,
) -> Criticism:
    """Runs a backward pass from rollouts that were scored already.

    The program still has to hold the state that the rollouts were made with.

    Args:
        program: What was run.
        metric: What scored it; its description is shown to the critic.
        rollouts: What to criticise: failing ones, and passing ones that are to be protected.
        engine: The critic; the backward engine of the context where it is None.
        loss: Says what is wrong with a failing output; the metric's own feedback where it is None.

    A branch whose critic could not be asked is left out. Where all that is to be criticised is too long for
    the critic there is no criticism: sources that read none go on.

    Raises:
        EngineError: If no branch is left for another reason, or with an error that the other calls will meet
            too.
        BudgetExceededError: If a limit is reached.
    """
    known = MetricLoss(_KnownResults(metric, rollouts))
    losses = [
        (known if loss is None or rollout.metric_result.is_right else loss)(rollout.output, rollout.example)
        for rollout in rollouts
    ]
    failures: Sequence[Exception] = ()
    if losses:
        failures = (await functions.sum(losses).abackward(engine, on_error="skip")).failures
    parameters = program.module.named_parameters()
    gradients = {name: variable.gradients for name, variable in parameters.items()}
    _check(failures, gradients)
    return Criticism(gradients, tuple(_record(name, g) for name, given in gradients.items() for g in given))


def _check(failures: Sequence[Exception], gradients: Mapping[str, Sequence[Gradient]]) -> None:
    """Raises what concerns all calls, or leaves nothing to go on with.

    Not so where all were too long for the critic: whoever resumes the run would be told the same again.
    """
    causes = [original_error(failure) for failure in failures]
    serious = [cause for cause in causes if not concerns_one_call(cause)]
    others = [cause for cause in causes if not isinstance(cause, ContextLengthError)]
    if serious or (others and not any(gradients.values())):
        raise (serious or others)[0]


class _KnownResults(Metric):
    """The results of rollouts as a metric, so that nothing is scored twice."""

    def __init__(self, metric: Metric, rollouts: Sequence[Rollout]) -> None:
        self.name = metric.name
        self.description = metric.description
        self._results = {rollout.example.id: rollout.metric_result for rollout in rollouts}

    async def score(self, example: Example, output: str) -> MetricResult:  # noqa: ARG002 - it is known already
        """The result that the rollout had."""
        return self._results[example.id]


def _record(name: str, gradient: Gradient) -> GradientRecord:
    steps = list(gradient.origin.steps()) if gradient.origin else []
    examples = gradient.origin.example_ids if gradient.origin else ()
    return GradientRecord(
        parameter=name,
        text=gradient.text,
        example_id=examples[0] if len(examples) == 1 else None,
        path=tuple(f"{step.function}: {step.role}" for step in steps),
        is_keep=gradient.is_keep,
    )
