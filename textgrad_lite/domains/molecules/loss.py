"""The loss of a molecule: what the real software found, as it is or as a reviewer reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textgrad_lite.data import Example
from textgrad_lite.domains.molecules.metric import MoleculeMetric
from textgrad_lite.engines.engine import Engine
from textgrad_lite.functions.module import Module
from textgrad_lite.graph import Call, Criticism, Feedback, Function, Value, Variable
from textgrad_lite.losses import MetricLoss, MultiFieldEvaluation

ROLE = "molecule as a SMILES string"
"""Role of a Variable that is a molecule."""

REVIEW = """You are a medicinal chemist. The measurements of a molecule are given.
Say which part of the molecule is to blame for the weakest of them, and which change of structure would help.
Keep what is already good. Do not write a new molecule."""

_EXAMPLE = Example(id="molecule", input="")


class MoleculeLoss(Module):
    """Says what is to be improved in a molecule.

    Without a critic, the measurements themselves are the criticism, and backward costs no call. With one, a
    model reads the molecule and its measurements, as in the paper (arXiv 2406.07496, section 3.4), and
    backward asks it what that means for the molecule.

    Args:
        metric: What is measured.
        critic: The model that reads the measurements, or its name; None for none.
        instruction: What the critic is told.
    """

    def __init__(
        self,
        metric: MoleculeMetric,
        critic: Engine | str | object | None = None,
        *,
        instruction: str = REVIEW,
    ) -> None:
        self.metric = metric
        self._scoring = MetricLoss(metric)
        self._review = (
            None
            if critic is None
            else MultiFieldEvaluation(instruction, ["molecule (SMILES)", "measurements"], engine=critic)
        )

    def forward(self, molecule: Variable) -> Variable:
        """Criticise one molecule; pending."""
        if self._review is None:
            return self._scoring(molecule, _EXAMPLE)
        measurements = _Measuring(self.metric).apply(
            molecule, role_description="measurements of the molecule", requires_grad=False
        )
        return self._review([molecule, measurements])


class _Measuring(Function):
    """The measurements of a molecule as text. They are facts: only the molecule is criticised."""

    name = "measure"

    def __init__(self, metric: MoleculeMetric) -> None:
        self._metric = metric

    async def forward(self, call: Call) -> Value:
        """Measure."""
        (molecule,) = call.arguments
        found = await self._metric.assess(molecule.text)
        return f"Score: {found.score:.3f} of 1\n{found.words}"

    async def backward(
        self,
        call: Call,  # noqa: ARG002 - see below
        criticism: Criticism,  # noqa: ARG002 - see below
        wanted: tuple[int, ...],  # noqa: ARG002 - see below
    ) -> Mapping[int, Sequence[Feedback]]:
        """Say nothing: numbers are not to blame, the molecule is."""
        return {}
