"""The task of the paper: from a given molecule to one that binds to a protein and is like a drug."""

from __future__ import annotations

from dataclasses import dataclass

from textgrad_lite.domains.molecules.docking import Affinity, Docking
from textgrad_lite.domains.molecules.metric import MoleculeMetric
from textgrad_lite.domains.molecules.properties import QED

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


@dataclass(frozen=True)
class BindingTask:
    """Affinity and drug-likeness at once (TextGrad, arXiv 2406.07496, section 3.4).

    A score of (10 - s) / 25 stands for an overall objective of s = affinity + 10 (1 - QED), lower is better,
    the sum that dockstring's benchmarks use too.

    Args:
        target: Name of a receptor, as in ``target_names()``.
        start: SMILES of the molecule to begin with.
    """

    target: str = "PPARA"
    start: str = ASPIRIN

    def metric(self, docking: Docking | None = None) -> MoleculeMetric:
        """How a molecule is scored.

        Args:
            docking: Who docks; Vina with its defaults where None.

        Raises:
            UnknownNameError: There is no such receptor.
            MissingDependencyError: dockstring, which brings the receptors, is not installed.
        """
        return MoleculeMetric([Affinity(self.target, docking), QED(weight=10)])
