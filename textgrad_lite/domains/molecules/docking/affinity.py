"""How well a molecule binds to a protein, as an objective."""

from __future__ import annotations

from typing import ClassVar

from textgrad_lite.domains.molecules.docking.backends import check_target
from textgrad_lite.domains.molecules.docking.service import Docking
from textgrad_lite.domains.molecules.objectives import Measurement, Objective

BEST = 15.0
"""The strength of binding, in kcal/mol below zero, that counts as all that can be wished for."""


class Affinity(Objective):
    """The docking score against one protein; lower is better, and a docking that fails is the worst.

    The default weight makes a score with ``QED(weight=10)`` rank molecules as the paper does: by the Vina
    score plus ten times one minus QED (arXiv 2406.07496, after dockstring's benchmarks).

    Args:
        target: Name of a receptor, as in ``target_names()``.
        docking: Who docks; Vina with its defaults where None.
        weight: Its share in the score.

    Raises:
        UnknownNameError: There is no such receptor.
        MissingDependencyError: dockstring, which brings the receptors, is not installed.
    """

    unit: ClassVar[str] = "kcal/mol"
    is_higher_better: ClassVar[bool] = False

    def __init__(self, target: str, docking: Docking | None = None, *, weight: float = BEST) -> None:
        check_target(target)
        self.target = target
        self.docking = docking or Docking()
        self.weight = weight

    @property
    def name(self) -> str:
        """Names the target."""
        return f"affinity to {self.target}"

    async def measure(self, smiles: str) -> Measurement:
        """Dock it."""
        pose = await self.docking.dock(smiles, self.target)
        if pose.affinity is None:
            words = f"Docking to {self.target} failed, which counts as no binding: {pose.failure}."
            return Measurement(None, 0.0, words)
        words = f"Binding affinity to {self.target} (kcal/mol, lower is better): {pose.affinity:.1f}."
        return Measurement(pose.affinity, min(1.0, max(0.0, -pose.affinity / BEST)), words)

    def fingerprint(self) -> str:
        """The backend and its settings are part of it."""
        backend = self.docking.backend
        return f"{super().fingerprint()} by {backend.name} {dict(backend.settings())}"
