"""Several objectives as one metric: a score to select by, and words to improve by."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from textgrad_lite.data import Example
from textgrad_lite.domains.molecules.chemistry import canonical_smiles, find_problem
from textgrad_lite.domains.molecules.objectives import Measurement, Objective
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.metrics import Metric, MetricResult


@dataclass(frozen=True)
class Assessment:
    """What was found for one molecule.

    Attributes:
        smiles: Its canonical SMILES, or the text as written where it is no molecule.
        score: The weighted mean of the desirabilities, from 0 to 1; 0 where it is no molecule.
        measurements: By the name of the objective, in their order; empty where it is no molecule.
        problem: Why it is no molecule, or None.
    """

    smiles: str
    score: float
    measurements: Mapping[str, Measurement] = field(default_factory=lambda: MappingProxyType({}))
    problem: str | None = None

    @property
    def words(self) -> str:
        """All that was found, as criticism."""
        return self.problem or "\n".join(measurement.words for measurement in self.measurements.values())


class MoleculeMetric(Metric):
    """Scores a SMILES string by the weighted mean of what its objectives find desirable.

    Each molecule is measured once, however it is written.

    Args:
        objectives: At least one, with different names.

    Raises:
        ConfigurationError: There are none, two share a name, or no weight is above zero.
    """

    name = "molecule"

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self.objectives = _checked(objectives)
        self.description = f"A molecule is scored by its {', '.join(each.name for each in self.objectives)}."
        self._known: dict[str, Assessment] = {}

    async def score(self, example: Example, output: str) -> MetricResult:  # noqa: ARG002 - every molecule counts
        """Assess the molecule."""
        found = await self.assess(output)
        kind = "unparsable" if found.problem else "right" if found.score >= 1 else "wrong"
        return MetricResult(score=found.score, feedback=found.words, answer=found.smiles, kind=kind)

    async def assess(self, smiles: str) -> Assessment:
        """Measure every objective of one molecule, all at once."""
        if problem := find_problem(smiles):
            return Assessment(smiles, 0.0, problem=problem)
        canonical = canonical_smiles(smiles)
        if canonical not in self._known:
            found = await asyncio.gather(*(each.measure(canonical) for each in self.objectives))
            names = [each.name for each in self.objectives]
            measurements = MappingProxyType(dict(zip(names, found, strict=True)))
            self._known[canonical] = Assessment(canonical, self._weigh(found), measurements)
        return self._known[canonical]

    def fingerprint(self) -> str:
        """The fingerprints of all objectives."""
        return "; ".join(each.fingerprint() for each in self.objectives)

    def _weigh(self, found: Sequence[Measurement]) -> float:
        total = sum(each.weight for each in self.objectives)
        pairs = zip(self.objectives, found, strict=True)
        return sum(each.weight * min(1.0, max(0.0, one.desirability)) for each, one in pairs) / total


def _checked(objectives: Sequence[Objective]) -> tuple[Objective, ...]:
    names = [each.name for each in objectives]
    if not names or len(set(names)) != len(names):
        raise ConfigurationError(
            f"the objectives are {names}", hint="Give at least one, each with a name of its own."
        )
    if any(each.weight < 0 for each in objectives) or sum(each.weight for each in objectives) <= 0:
        raise ConfigurationError(
            f"the weights are {[each.weight for each in objectives]}",
            hint="Give weights of zero or more, at least one above zero.",
        )
    return tuple(objectives)
