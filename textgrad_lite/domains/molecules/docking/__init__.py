"""Docking scores as a loss: AutoDock Vina against the receptors of dockstring. Extra ``docking``."""

from textgrad_lite.domains.molecules.docking.affinity import Affinity
from textgrad_lite.domains.molecules.docking.backends import (
    DockingBackend,
    Dockstring,
    Vina,
    check_target,
    target_names,
)
from textgrad_lite.domains.molecules.docking.service import Docking, Pose

__all__ = [
    "Affinity",
    "Docking",
    "DockingBackend",
    "Dockstring",
    "Pose",
    "Vina",
    "check_target",
    "target_names",
]
