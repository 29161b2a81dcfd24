"""The programs that dock, and all about them that can change a score."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import ClassVar

from textgrad_lite.errors import ConfigurationError, MissingDependencyError, UnknownNameError

EXTRA = "docking"
_TARGET_FILE = "_target.pdbqt"
_WITHOUT_VINA = (3, 13)
"""The first version of Python that vina 1.2.7 has no wheel for."""


@dataclass(frozen=True)
class DockingBackend:
    """A program that docks ligands into the receptors that dockstring brings.

    Attributes:
        name: What the worker calls it.
        packages: The distributions whose versions can change a score.
    """

    name: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]

    seed: int = 974528263
    threads: int = 1
    seconds: float = 300.0

    def settings(self) -> Mapping[str, object]:
        """What the worker is told, as plain JSON data; the time limit changes no score and is left out."""
        return {key: value for key, value in asdict(self).items() if key != "seconds"}

    def versions(self) -> Mapping[str, str]:
        """The versions of the packages.

        Raises:
            ConfigurationError: One of them is not installed.
        """
        try:
            return {package: version(package) for package in self.packages}
        except PackageNotFoundError as error:
            raise _missing(str(error.name)) from error


@dataclass(frozen=True)
class Vina(DockingBackend):
    """AutoDock Vina as a library, ligands prepared by Meeko: the fast backend, without Open Babel.

    The ligand is docked as it is written, uncharged: nothing protonates it for a pH.

    Args:
        seed: Decides conformers and the search.
        threads: Processors for one ligand.
        seconds: Wall time after which a ligand is given up.
        exhaustiveness: How many searches are made; Vina's own default.
    """

    name: ClassVar[str] = "vina"
    packages: ClassVar[tuple[str, ...]] = ("rdkit", "vina", "meeko", "dockstring")

    exhaustiveness: int = 8


@dataclass(frozen=True)
class Dockstring(DockingBackend):
    """The published protocol (García-Ortegón et al., 2022): protonation at pH 7.4 and AutoDock Vina 1.1.2.

    Open Babel protonates and converts. It is a program under the GPL, and dockstring runs it as one.

    Args:
        seed: Decides conformers and the search; the default is dockstring's own.
        threads: Processors for one ligand.
        seconds: Wall time after which a ligand is given up.
    """

    name: ClassVar[str] = "dockstring"
    packages: ClassVar[tuple[str, ...]] = ("rdkit", "dockstring", "openbabel-wheel")


def _missing(package: str) -> ConfigurationError:
    if package == "vina" and sys.version_info[:2] >= _WITHOUT_VINA:
        return ConfigurationError(
            "the package 'vina' has no wheel for this version of Python",
            hint="Use Python 3.11 or 3.12, or Dockstring() as the backend.",
        )
    return MissingDependencyError(package, "openbabel" if package == "openbabel-wheel" else EXTRA)


def target_names() -> list[str]:
    """The receptors that dockstring brings, sorted.

    Raises:
        MissingDependencyError: dockstring is not installed.
    """
    spec = importlib.util.find_spec("dockstring")
    if spec is None or spec.origin is None:
        raise MissingDependencyError("dockstring", EXTRA)
    folder = Path(spec.origin).parent / "resources" / "targets"
    return sorted(path.name.removesuffix(_TARGET_FILE) for path in folder.glob(f"*{_TARGET_FILE}"))


def check_target(name: str) -> None:
    """Make sure that a receptor is there, before anything is computed for it.

    Raises:
        UnknownNameError: There is none of this name.
        MissingDependencyError: dockstring is not installed.
    """
    names = target_names()
    if name not in names:
        raise UnknownNameError("docking target", name, names)
