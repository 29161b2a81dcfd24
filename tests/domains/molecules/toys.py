"""Objectives over a toy chemistry, in which a molecule is a word of the letters C, N and O."""

from __future__ import annotations

from dataclasses import dataclass, field

from textgrad_lite.domains.molecules.objectives import Measurement, Objective


@dataclass
class Count(Objective):
    """How many of one letter a molecule has, of ten that are wished for; fails without any."""

    letter: str
    weight: float = 1.0
    is_higher_better: bool = True  # type: ignore[misc]  # a class variable elsewhere
    measured: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"number of {self.letter}"

    async def measure(self, smiles: str) -> Measurement:
        self.measured.append(smiles)
        count = smiles.count(self.letter)
        if not count:
            return Measurement(None, 0.0, f"There is no {self.letter}.")
        return Measurement(float(count), count / 10, f"It has {count} {self.letter}.")
