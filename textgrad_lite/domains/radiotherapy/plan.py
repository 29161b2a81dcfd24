"""A finished plan: the settings that made it, the dose it gives, and its report as a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from textgrad_lite.domains.radiotherapy.dose_volume import StructureDose
from textgrad_lite.domains.radiotherapy.settings import Settings
from textgrad_lite.errors import ParseError

PRESCRIPTION = 50.0
"""Dose in Gy that the target is to get."""

UNITS = {
    "target D95": "Gy",
    "target D5": "Gy",
    "target mean": "Gy",
    "target homogeneity": "",
    "core mean": "Gy",
    "core D5": "Gy",
    "body mean": "Gy",
    "body maximum": "Gy",
}
"""What a report holds, in its order. The homogeneity is (D5 - D95) / prescription: 0 is a uniform dose."""

_LINE = re.compile(r"(.+) = (-?\d+\.\d+)(?: Gy)?")


@dataclass(frozen=True)
class Plan:
    """One plan.

    Attributes:
        settings: What the inner optimiser was told.
        doses: The dose of each structure. The body is all tissue outside of target and core.
    """

    settings: Settings
    doses: Mapping[str, StructureDose]

    @property
    def numbers(self) -> dict[str, float]:
        """The dose-volume numbers by the names of ``UNITS``."""
        target, core, body = self.doses["target"], self.doses["core"], self.doses["body"]
        values = (
            target.dose_to(95),
            target.dose_to(5),
            target.mean,
            (target.dose_to(5) - target.dose_to(95)) / PRESCRIPTION,
            core.mean,
            core.dose_to(5),
            body.mean,
            body.maximum,
        )
        return dict(zip(UNITS, values, strict=True))

    @property
    def report(self) -> str:
        """The numbers as a text, one a line; :func:`read_report` is its inverse."""
        return "\n".join(
            f"{name} = {number:.2f} Gy" if UNITS[name] else f"{name} = {number:.3f}"
            for name, number in self.numbers.items()
        )


class Planner(Protocol):
    """Makes plans: an inner optimiser with its patient, beams and dose influence."""

    def plan(self, settings: Settings) -> Plan:
        """Make the plan that is best by some settings. Equal settings give equal plans."""
        ...


def read_report(text: str) -> dict[str, float]:
    """Read the report of a plan.

    Returns:
        The numbers by the names of ``UNITS``.

    Raises:
        ParseError: A line is not of the form, or a number is missing.
    """
    found = {}
    for line in text.strip().splitlines():
        parts = _LINE.fullmatch(line)
        if parts is None or parts[1] not in UNITS:
            raise ParseError(f"the line {line!r} is none of a plan's report")
        found[parts[1]] = float(parts[2])
    if missing := [name for name in UNITS if name not in found]:
        raise ParseError(f"the report of the plan lacks {missing[0]!r}")
    return found
