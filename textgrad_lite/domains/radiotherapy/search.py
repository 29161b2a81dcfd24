"""Three ways to look for settings within a number of plans: criticism and rewriting, chance, and a grid."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from textgrad_lite.domains.radiotherapy.figures import draw_dose_volumes
from textgrad_lite.domains.radiotherapy.goals import TG119_GOALS, Goals
from textgrad_lite.domains.radiotherapy.loss import ClinicalGoals, GoalsLoss
from textgrad_lite.domains.radiotherapy.plan import Plan, Planner
from textgrad_lite.domains.radiotherapy.planning import TreatmentPlanning
from textgrad_lite.domains.radiotherapy.settings import DOSES, STRUCTURES, WEIGHTS, KeepsForm, Settings
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.metrics import MetricResult
from textgrad_lite.optimizers import TGD
from textgrad_lite.report import Figure

_TITLE = "Dose-volume histograms before and after"

Watch = Callable[["Attempt"], None]

POOR_START = Settings(
    weights={"target": 20.0, "core": 1.0, "body": 1.0}, doses={"target": 46.0, "core": 30.0, "body": 50.0}
)
"""A plan that gives the target too little and spares nothing."""


@dataclass(frozen=True)
class Attempt:
    """One plan of a search, and what the goals say of it.

    Attributes:
        number: Which plan of the search it is, from 1.
        plan: The plan.
        result: Its score and what it misses.
    """

    number: int
    plan: Plan
    result: MetricResult

    def to_json(self) -> dict[str, JsonValue]:
        """Settings, dose-volume numbers, score and words as plain JSON data."""
        settings = self.plan.settings
        return {
            "number": self.number,
            "weights": dict(settings.weights),
            "doses": dict(settings.doses),
            "numbers": dict(self.plan.numbers),
            "score": self.result.score,
            "is_right": self.result.is_right,
            "feedback": self.result.feedback,
        }


@dataclass(frozen=True)
class Search:
    """All plans of a search, in order; there is at least one."""

    attempts: tuple[Attempt, ...]

    @property
    def first(self) -> Attempt:
        """The plan that was begun with."""
        return self.attempts[0]

    @property
    def best(self) -> Attempt:
        """The plan of the highest score, the earliest of equals."""
        return max(self.attempts, key=lambda attempt: attempt.result.score)

    @property
    def plans_to_goals(self) -> int | None:
        """How many plans it took to keep all goals, or None where none of the plans does."""
        return next((attempt.number for attempt in self.attempts if attempt.result.is_right), None)

    def write(self, folder: Path) -> None:
        """Write all plans into ``plans.jsonl`` of a run folder, and add a picture of the first and the best.

        Raises:
            MissingDependencyError: matplotlib is not installed.
            RunError: The picture cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(attempt.to_json()) for attempt in self.attempts]
        (folder / "plans.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
        picture = draw_dose_volumes(self.first.plan, self.best.plan)
        Figure(title=_TITLE, svg=picture.decode(), caption=self._caption).save(folder)

    @property
    def _caption(self) -> str:
        return (
            f"The first plan, and the best of {len(self.attempts)}, which is plan {self.best.number}. "
            f"{self.best.result.feedback} Research software, not for clinical use."
        )


def search_with_words(
    planner: Planner,
    start: Settings = POOR_START,
    *,
    engine: object,
    goals: Goals = TG119_GOALS,
    plans: int = 15,
    watch: Watch = lambda _: None,
) -> Search:
    """Improve settings by textual gradient descent until the goals are kept or the plans are used up.

    Args:
        planner: Makes the plans.
        start: The settings of the first plan.
        engine: Critic and rewriter, an engine or its name.
        goals: What to reach.
        plans: Most plans to make, the first included.
        watch: Called with each plan.

    Raises:
        EngineError: The engine could not be asked.
    """
    planning, loss, metric = TreatmentPlanning(planner, start), GoalsLoss(goals), ClinicalGoals(goals)
    optimizer = TGD(
        planning.parameters(),
        engine=engine,
        hard_constraints=[KeepsForm()],
        momentum_window=3,
        attempts=3,
        metric_description=metric.description,
    )
    attempts: list[Attempt] = []
    while True:
        optimizer.zero_grad()
        report = planning()
        result = metric.judge(str(report.value))
        attempt = Attempt(len(attempts) + 1, planning.plans[-1], result)
        attempts.append(attempt)
        watch(attempt)
        if attempt.result.is_right or len(attempts) == plans:
            return Search(tuple(attempts))
        loss(report).backward(engine)
        optimizer.step()


def search_among(
    planner: Planner, candidates: Iterable[Settings], *, goals: Goals = TG119_GOALS, plans: int = 15
) -> Search:
    """Plan with given settings in their order, until the goals are kept or the plans are used up.

    Raises:
        ConfigurationError: There are no settings.
    """
    metric, attempts = ClinicalGoals(goals), list[Attempt]()
    for number, settings in enumerate(itertools.islice(candidates, plans), start=1):
        plan = planner.plan(settings)
        attempts.append(Attempt(number, plan, metric.judge(plan.report)))
        if attempts[-1].result.is_right:
            break
    if not attempts:
        raise ConfigurationError("there are no settings to plan with", hint="Give at least one.")
    return Search(tuple(attempts))


def draw_settings(source: random.Random) -> Settings:
    """Settings drawn within their ranges, the weights evenly by their logarithm."""
    weights = {name: source.random() for name in STRUCTURES}
    doses = {name: source.random() for name in STRUCTURES}
    return _settings_at(weights, doses)


def random_settings(seed: int) -> Iterator[Settings]:
    """Settings drawn by seed, without end."""
    source = random.Random(seed)  # noqa: S311 - a baseline needs no cryptography
    while True:
        yield draw_settings(source)


def grid_of_weights(
    doses: Mapping[str, float], levels: Sequence[float] = (0.01, 0.1, 1, 10)
) -> list[Settings]:
    """A grid over the weights of core and body as multiples of the target's, at fixed doses."""
    return [
        Settings({"target": 100.0, "core": 100 * core, "body": 100 * body}, doses)
        for core, body in itertools.product(levels, levels)
    ]


def grid_of_everything() -> list[Settings]:
    """A grid over weights and doses of core and body, each at one and at two thirds of its range.

    The target keeps the middle of its ranges. Weights are divided by their logarithm.
    """
    places = itertools.product((1 / 3, 2 / 3), repeat=4)
    return [_settings_at({"core": v, "body": w}, {"core": c, "body": b}) for v, w, c, b in places]


def _settings_at(weights: Mapping[str, float], doses: Mapping[str, float]) -> Settings:
    """Settings at shares of their ranges, in the middle where none is given."""
    return Settings(
        {
            name: WEIGHTS.low[name] * (WEIGHTS.high[name] / WEIGHTS.low[name]) ** weights.get(name, 0.5)
            for name in STRUCTURES
        },
        {
            name: DOSES.low[name] + (DOSES.high[name] - DOSES.low[name]) * doses.get(name, 0.5)
            for name in STRUCTURES
        },
    )
