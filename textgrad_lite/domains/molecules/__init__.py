"""Molecules: a SMILES string is a Variable, and its loss is computed by chemistry software.

The extra ``molecules`` brings RDKit, ``docking`` AutoDock Vina and the receptors of dockstring, and
``openbabel`` the program that dockstring's own protocol needs. Nothing here is medical or chemical advice:
a docking score is a rough guess at what a molecule does.
"""

from textgrad_lite.domains.molecules.chemistry import canonical_smiles, find_problem
from textgrad_lite.domains.molecules.constraints import IsMolecule, IsUntried
from textgrad_lite.domains.molecules.docking import (
    Affinity,
    Docking,
    DockingBackend,
    Dockstring,
    Pose,
    Vina,
    target_names,
)
from textgrad_lite.domains.molecules.drawing import Picture, pictures, write_pictures
from textgrad_lite.domains.molecules.loss import ROLE, MoleculeLoss
from textgrad_lite.domains.molecules.metric import Assessment, MoleculeMetric
from textgrad_lite.domains.molecules.objectives import Measurement, Objective
from textgrad_lite.domains.molecules.page import render_page, write_page
from textgrad_lite.domains.molecules.properties import QED, Lipinski, Similarity, SyntheticAccessibility
from textgrad_lite.domains.molecules.proposers import RandomProposer, TextualProposer
from textgrad_lite.domains.molecules.search import MoleculeSearch, Proposer
from textgrad_lite.domains.molecules.simulation import SimulatedChemist
from textgrad_lite.domains.molecules.task import BindingTask
from textgrad_lite.domains.molecules.trajectory import Trajectory, Trial, pareto_front, read_trials

__all__ = [
    "Affinity",
    "Assessment",
    "BindingTask",
    "Docking",
    "DockingBackend",
    "Dockstring",
    "IsMolecule",
    "IsUntried",
    "Lipinski",
    "Measurement",
    "MoleculeLoss",
    "MoleculeMetric",
    "MoleculeSearch",
    "Objective",
    "Picture",
    "Pose",
    "Proposer",
    "QED",
    "ROLE",
    "RandomProposer",
    "Similarity",
    "SimulatedChemist",
    "SyntheticAccessibility",
    "TextualProposer",
    "Trajectory",
    "Trial",
    "Vina",
    "canonical_smiles",
    "find_problem",
    "pareto_front",
    "pictures",
    "read_trials",
    "render_page",
    "target_names",
    "write_page",
    "write_pictures",
]
