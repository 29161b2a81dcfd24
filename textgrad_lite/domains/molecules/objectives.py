"""What is wanted of a molecule, as a number and in words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Measurement:
    """One quantity of one molecule.

    Attributes:
        value: The quantity in its own unit, or None where it could not be determined.
        desirability: From 0 (as bad as can be) to 1 (as good as can be).
        words: What was found, as sentences that help whoever improves the molecule.
    """

    value: float | None
    desirability: float
    words: str


class Objective(ABC):
    """A quantity that is to rise or to fall.

    Attributes:
        name: How it is called in criticism, tables and figures; unique among the objectives of a run.
        unit: Its unit, or an empty text.
        is_higher_better: Whether it is to rise.
        weight: Its share in the score, relative to the others.
    """

    unit: ClassVar[str] = ""
    is_higher_better: ClassVar[bool] = True
    weight: float

    @property
    @abstractmethod
    def name(self) -> str:
        """How it is called."""

    @abstractmethod
    async def measure(self, smiles: str) -> Measurement:
        """Determine it for one molecule. Runs on the runtime's loop and must not block it.

        Args:
            smiles: Canonical SMILES.
        """

    def fingerprint(self) -> str:
        """Text that changes whenever a molecule may be measured differently."""
        return f"{self.name} x {self.weight:g}"

    def shown(self, value: float | None) -> str:
        """A value with its unit, for tables and figures."""
        return "failed" if value is None else f"{value:.2f} {self.unit}".strip()
