"""The settings of an inner dose optimiser as texts that a language model can rewrite, read strictly.

Two texts make a plan: the weights of the objectives, and the doses in Gy that the objectives refer to::

    target weight = 100             target dose = 50 Gy
    core weight = 10                core dose = 25 Gy
    body weight = 10                body dose = 30 Gy
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers import Constraint

STRUCTURES = ("target", "core", "body")
"""What dose is planned for: the volume to treat, the organ to spare, and all other tissue."""

_LINE = re.compile(r"(\w+) (\w+) = (\d+(?:\.\d+)?)(?: (\w+))?")


@dataclass(frozen=True)
class SettingsForm:
    """The form of one of the two texts: one line for each structure, a plain number in each.

    Args:
        quantity: What the numbers are, one word.
        low: The smallest number for each structure.
        high: The largest.
        unit: What stands after each number, or nothing.
    """

    quantity: str
    low: Mapping[str, float]
    high: Mapping[str, float]
    unit: str = ""

    def read(self, text: str) -> dict[str, float]:
        """Read a text.

        Returns:
            The number of each structure, in the order of ``STRUCTURES``.

        Raises:
            ConfigurationError: A line is not of the form, a structure is missing, unknown or there twice, or
                a number is out of its range. Nothing is guessed.
        """
        found: dict[str, float] = {}
        for line in filter(str.strip, text.splitlines()):
            structure, number = self._read_line(line.strip())
            if structure in found:
                raise self._fault(f"the {structure} {self.quantity} is set twice")
            found[structure] = number
        if missing := [name for name in STRUCTURES if name not in found]:
            raise self._fault(f"the {missing[0]} {self.quantity} is missing")
        return {name: found[name] for name in STRUCTURES}

    def write(self, numbers: Mapping[str, float]) -> str:
        """Write numbers as a text that :meth:`read` takes; they are rounded to two decimals."""
        unit = f" {self.unit}" if self.unit else ""
        lines = (f"{name} {self.quantity} = {round(numbers[name], 2):.12g}{unit}" for name in STRUCTURES)
        return "\n".join(lines)

    def describe(self) -> str:
        """State the form, as a sentence to a model."""
        unit = f" {self.unit}" if self.unit else ""
        ranges = ", ".join(
            f"{name} {self.quantity} from {self.low[name]:g} to {self.high[name]:g}{unit}"
            for name in STRUCTURES
        )
        return (
            f'Write exactly {len(STRUCTURES)} lines such as "{STRUCTURES[0]} {self.quantity} = 50{unit}" '
            f"and nothing else. Ranges: {ranges}."
        )

    def _read_line(self, line: str) -> tuple[str, float]:
        parts = _LINE.fullmatch(line)
        if parts is None or parts[2] != self.quantity or (parts[4] or "") != self.unit:
            raise self._fault(f"the line {line!r} is not of the form")
        structure, number = parts[1], float(parts[3])
        if structure not in STRUCTURES:
            raise self._fault(f"there is no structure {structure!r}")
        if not self.low[structure] <= number <= self.high[structure]:
            raise self._fault(f"the {structure} {self.quantity} {parts[3]} is out of its range")
        return structure, number

    def _fault(self, problem: str) -> ConfigurationError:
        return ConfigurationError(problem, hint=self.describe())


WEIGHTS = SettingsForm("weight", dict.fromkeys(STRUCTURES, 1.0), dict.fromkeys(STRUCTURES, 1000.0))
"""Weights: only their ratios matter to the plan."""

DOSES = SettingsForm(
    "dose", {"target": 45.0, "core": 0.0, "body": 10.0}, {"target": 55.0, "core": 30.0, "body": 50.0}, "Gy"
)
"""Doses in Gy, around a prescription of 50 Gy."""


@dataclass(frozen=True)
class Settings:
    """What the inner optimiser is told, as numbers.

    Attributes:
        weights: The weight of the objective of each structure.
        doses: The dose in Gy that it refers to: the wanted one in the target, the highest elsewhere.
    """

    weights: Mapping[str, float]
    doses: Mapping[str, float]

    @classmethod
    def read(cls, weights: str, doses: str) -> Settings:
        """Read both texts.

        Raises:
            ConfigurationError: One of them is not of its form.
        """
        return cls(WEIGHTS.read(weights), DOSES.read(doses))

    @property
    def text(self) -> str:
        """Both texts, the weights first."""
        return f"{WEIGHTS.write(self.weights)}\n\n{DOSES.write(self.doses)}\n"

    @property
    def key(self) -> tuple[float, ...]:
        """What tells settings apart, as numbers that can be hashed."""
        return (*self.weights.values(), *self.doses.values())


@dataclass(frozen=True)
class KeepsForm(Constraint):
    """Hard constraint: a text of settings stays one of the same quantity, within its ranges."""

    def check(self, old: str, new: str, /) -> str | None:
        """Read the new text by the form of the old one."""
        form = _form_of(old)
        try:
            form.read(new)
        except ConfigurationError as error:
            return f"{error.message}. {form.describe()}"
        return None

    def describe(self, old: str, /) -> str:
        """State the form."""
        return _form_of(old).describe()


def _form_of(text: str) -> SettingsForm:
    return WEIGHTS if f" {WEIGHTS.quantity} = " in text else DOSES
