"""What a run is put together from: the settings of a trainer, and the parts that are made of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from textgrad_lite.data import DataLoader, Dataset, Example
from textgrad_lite.engines import Budget
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.metrics import Metric
from textgrad_lite.metrics.metric import check_examples
from textgrad_lite.training.allowance import Allowance, Cost
from textgrad_lite.training.authors import Instructions, Models
from textgrad_lite.training.conditions import conditions_of
from textgrad_lite.training.evaluation import Evaluator
from textgrad_lite.training.events import Event, Fingerprint
from textgrad_lite.training.fingerprint import digest_of, find_engines
from textgrad_lite.training.habits import Habits
from textgrad_lite.training.objective import Objective
from textgrad_lite.training.pool import Pool
from textgrad_lite.training.probing import Probe, Prober
from textgrad_lite.training.program import Program, RunOn
from textgrad_lite.training.search import Search
from textgrad_lite.training.stopping import Stop
from textgrad_lite.training.strategy import Strategy

Record = Callable[[Event], None]


@dataclass(frozen=True)
class Data:
    """The three sets of a run.

    Attributes:
        train: Read by critic and optimizer.
        val: Choose between candidates.
        test: Give the verdict, or None.
    """

    train: Dataset
    val: Dataset
    test: Dataset | None = None

    @property
    def held_out(self) -> tuple[Example, ...]:
        """What nobody may write about."""
        return (*self.val, *(self.test or ()))

    @property
    def n_tested(self) -> int:
        """Examples that the verdict runs: each test example before and after."""
        return 2 * len(self.test) if self.test else 0

    def check(self, metric: Metric) -> None:
        """Makes sure that every example can be scored.

        Raises:
            MetricError: If one lacks what the metric needs.
        """
        check_examples(metric, (*self.train, *self.held_out))


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The settings of a trainer; the arguments of :class:`Trainer` say what each is.

    Attributes:
        accumulate: Minibatches of one step.
        batch_size: Examples of one of them.
    """

    program: Program
    objective: Objective
    models: Models
    instructions: Instructions
    strategy: Strategy
    stop: Stop
    habits: Habits
    steps: int
    batch_size: int
    accumulate: int
    repeats: int
    seed: int
    student_calls: int | None
    other_calls: int | None
    max_error_rate: float
    call: RunOn | None
    probe: Probe | None

    def __post_init__(self) -> None:
        if self.accumulate < 1:
            raise ConfigurationError(f"accumulate is {self.accumulate}", hint="Gather one minibatch or more.")

    @property
    def calls_of_module(self) -> int:
        """Calls that running the module once takes, as far as its parts show; at least one."""
        return max(1, len(find_engines(self.program.module)))

    def make_allowance(self, budget: Budget | None, n_tested: int = 0) -> Allowance:
        """What says whether work still fits, with so many runs set aside for the verdict."""
        is_judged = min(1, self.objective.metric.worst_case_calls)
        return Allowance(
            budget,
            student_calls=self.student_calls,
            other_calls=self.other_calls,
            reserve=Cost(examples=n_tested),
            calls_per_example=self.repeats * (self.calls_of_module + is_judged),
        )

    def make_evaluator(self, listen: Record, program: Program | None = None) -> Evaluator:
        """What scores states of the program, or of another one."""
        return Evaluator(
            program or self.program,
            self.objective.metric,
            max_error_rate=self.max_error_rate,
            repeats=self.repeats,
            seed=self.seed,
            listen=listen,
        )

    def make_prober(self, listen: Record, probe: Probe) -> Prober:
        """What draws examples again."""
        program = self.program if probe.module is None else Program(probe.module, self.call)
        return Prober(self.make_evaluator(listen, program), probe)

    def make_search(
        self, pool: Pool, data: Data, evaluator: Evaluator, allowance: Allowance, record: Record
    ) -> Search:
        """What a strategy works with. The test set is in it as text that nobody may repeat, and no more."""
        return Search(
            evaluator,
            DataLoader(data.train, self.batch_size * self.accumulate, seed=self.seed),
            data.val,
            self.instructions.sources,
            pool,
            allowance,
            constraints=conditions_of(
                self.program, self.instructions.constraints, train=data.train, held_out=data.held_out
            ),
            critic=self.models.critic,
            habits=self.habits,
            seed=self.seed,
            record=record,
        )

    def fingerprint(self, data: Data) -> Fingerprint:
        """All that the decisions of a run on these data follow from, limits left out."""
        program, state = self.program, self.program.state()
        parameters = program.module.named_parameters().items()
        return Fingerprint(
            state=dict(state),
            text=program.render(state),
            data={name: digest_of(getattr(data, name)) for name in ("train", "val", "test")},
            settings=self._settings(),
            roles={name: variable.role_description for name, variable in parameters},
        )

    def _settings(self) -> dict[str, str]:
        models, given = self.models, self.instructions
        strategy = {"name": self.strategy.name, **self.strategy.settings()}
        return {
            "module": type(self.program.module).__name__,
            "student": ", ".join(engine.name for engine in find_engines(self.program.module)),
            "metric": self.objective.metric.fingerprint(),
            "critic": models.critic.name if models.critic else "default",
            "optimizer": models.optimizer.name if models.optimizer else "default",
            "strategy": json.dumps(strategy),
            "sources": ", ".join(source.name for source in given.sources),
            "constraints": json.dumps([[type(c).__name__, c.describe("")] for c in given.constraints]),
            "wishes": json.dumps(given.wishes, ensure_ascii=False),
            "loss": self.objective.name,
            "stop": json.dumps(self.stop.to_json()),
            "batch_size": str(self.batch_size),
            "accumulate": str(self.accumulate),
            "protected": str(self.habits.protected),
            "updates": self.habits.updates,
            "edit_size": str(self.habits.edit_size or ""),
            "repeats": str(self.repeats),
            "seed": str(self.seed),
        }
