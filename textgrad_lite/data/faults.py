"""All that is wrong with a data file, reported at once.

Whoever has to mend a file wants the list of its bad lines, not the first of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textgrad_lite.errors import DataError


@dataclass(frozen=True)
class Place:
    """Where a row stands: a line of a text file, or an item of a list.

    Attributes:
        unit: ``"line"`` or ``"item"``.
        number: Counted from 1.
    """

    unit: str
    number: int


@dataclass(frozen=True)
class Fault:
    """One bad row."""

    place: Place
    message: str
    field: str | None = None


@dataclass
class Faults:
    """Collects the bad rows of one source, then raises a single error that lists them.

    Args:
        source: The file, or a word for where the rows come from.
        shown: How many messages, and how many rows of each, are listed; the rest is counted.
    """

    source: Path | str
    shown: int = 20
    found: list[Fault] = field(default_factory=list)

    def add(self, place: Place, message: str, *, field: str | None = None) -> None:
        """Notes one bad row."""
        self.found.append(Fault(place, message, field))

    def raise_if_any(self) -> None:
        """Raises one error that lists what was found.

        Raises:
            DataError: If there is any fault; its line and field are those of the first one.
        """
        if not self.found:
            return
        self.found.sort(key=lambda fault: fault.place.number)
        first = self.found[0]
        count = len({fault.place for fault in self.found})
        raise DataError(
            "\n".join([f"{count} bad {first.place.unit}{'s' if count > 1 else ''}", *self._list()]),
            path=self.source,
            line=first.place.number if first.place.unit == "line" else None,
            field=first.field,
            hint="Mend or remove them, and run again.",
        )

    def _list(self) -> Iterator[str]:
        """One line per message, with the numbers of all rows that it holds for."""
        numbers: dict[tuple[str, str], list[int]] = {}
        for fault in self.found:
            numbers.setdefault((fault.place.unit, fault.message), []).append(fault.place.number)
        for (unit, message), rows in list(numbers.items())[: self.shown]:
            named = ", ".join(map(str, rows[: self.shown]))
            more = f" and {len(rows) - self.shown} more" if len(rows) > self.shown else ""
            yield f"  {unit}{'s' if len(rows) > 1 else ''} {named}{more}: {message}"
        if len(numbers) > self.shown:
            yield f"  … and {len(numbers) - self.shown} more"


def describe_missing(wanted: Sequence[str], present: Iterable[str]) -> str:
    """Says that a field is missing, and which of the present ones may have been meant.

    Args:
        wanted: The names that would do.
        present: The names that are there.
    """
    names = list(present)
    nearest = [near for name in wanted for near in difflib.get_close_matches(name, names, n=1, cutoff=0.6)]
    meant = f"; did you mean {nearest[0]!r}?" if nearest else ""
    asked = " or ".join(map(repr, wanted))
    return f"no field {asked} among {', '.join(map(repr, names)) or 'none'}{meant}"
