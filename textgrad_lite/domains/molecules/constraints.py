"""What a rewrite of a molecule must be before anything is computed for it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from textgrad_lite.domains.molecules.chemistry import canonical_smiles, find_problem
from textgrad_lite.optimizers.constraints import Constraint


@dataclass(frozen=True)
class IsMolecule(Constraint):
    """The text is the SMILES string of one molecule: it parses, sanitises and is in one piece."""

    def check(self, _old: str, new: str, /) -> str | None:
        """Read it with RDKit, whose words say what is wrong."""
        return find_problem(new)

    def describe(self, _old: str, /) -> str:
        """Ask for a SMILES string."""
        return "The text must be one SMILES string of one molecule, without a name, a dot or an explanation."


@dataclass(frozen=True)
class IsUntried(Constraint):
    """The molecule is none of those that were tried, in whatever way it is written.

    Args:
        tried: Canonical SMILES strings; may go on growing.
    """

    tried: Container[str]

    def check(self, _old: str, new: str, /) -> str | None:
        """Compare canonical forms. What is no molecule is left to :class:`IsMolecule`."""
        if find_problem(new) or canonical_smiles(new) not in self.tried:
            return None
        return f"{new.strip()} was tried before, perhaps written in another way. Propose another molecule."

    def describe(self, _old: str, /) -> str:
        """Ask for a new molecule."""
        return "The molecule must be one that was not tried before."
