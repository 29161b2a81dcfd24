"""What the fields of a row mean: which is the input, which the target, which fill placeholders."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.data.example import Example
from textgrad_lite.data.faults import Faults, describe_missing
from textgrad_lite.data.reading import Row

INPUT_NAMES = ("input", "question", "prompt")
TARGET_NAMES = ("target", "expected", "answer")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class FieldMapping:
    """How rows become examples.

    Attributes:
        input: Name of the input field; None accepts ``input``, ``question`` or ``prompt``, in this order.
        target: Name of the target field; None accepts ``target``, ``expected`` or ``answer``.
        placeholders: Names that the prompt's template uses. Each must be a field of every row. Where they
            are given and a row has no input field, the input is made of them.
        needs_target: Whether a row without a target is a bad one.
    """

    input: str | None = None
    target: str | None = None
    placeholders: Sequence[str] = ()
    needs_target: bool = True

    def make_examples(self, rows: Sequence[Row], faults: Faults) -> list[Example]:
        """Turns rows into examples; rows that cannot be one are noted in ``faults``."""
        made: dict[str, Example] = {}
        for row in rows:
            example = self._make(row, faults)
            if example is None:
                continue
            if example.id in made:
                faults.add(row.place, f"the id {example.id!r} appears twice", field="id")
            made[example.id] = example
        return list(made.values())

    def _make(self, row: Row, faults: Faults) -> Example | None:
        values = {name: text for name, value in row.values.items() if (text := as_text(value)) is not None}
        before = len(faults.found)
        self._check_characters(row, values, faults)
        target_name = self._find(values, self.target, TARGET_NAMES)
        target = self._take_target(row, values, target_name, faults)
        fields = {name: text for name, text in values.items() if name != target_name}
        given = self._take_input(row, fields, faults)
        self._check_placeholders(row, fields, faults)
        if len(faults.found) > before:
            return None
        fields.pop("input", None)
        return Example(id=values.get("id", str(row.place.number)), input=given, target=target, fields=fields)

    def _take_input(self, row: Row, fields: dict[str, str], faults: Faults) -> str:
        name = self._find(fields, self.input, INPUT_NAMES)
        if name is not None:
            if not fields[name].strip():
                faults.add(row.place, f"the field {name!r} is empty", field=name)
            return fields[name]
        if self.input is None and self.placeholders:
            return "\n".join(f"{key}: {fields.get(key, '')}" for key in self.placeholders)
        wanted = (self.input,) if self.input else INPUT_NAMES
        faults.add(row.place, describe_missing(wanted, fields), field=wanted[0])
        return ""

    def _take_target(self, row: Row, values: dict[str, str], name: str | None, faults: Faults) -> str | None:
        if name is not None and values[name].strip():
            return values[name]
        if self.needs_target or self.target is not None:
            wanted = (self.target,) if self.target else TARGET_NAMES
            problem = f"the field {name!r} is empty" if name else describe_missing(wanted, values)
            faults.add(row.place, problem, field=name or wanted[0])
        return None

    def _check_placeholders(self, row: Row, fields: dict[str, str], faults: Faults) -> None:
        for name in self.placeholders:
            if name not in fields and name != "input":
                message = f"the prompt's placeholder {{{name}}} finds {describe_missing((name,), fields)}"
                faults.add(row.place, message, field=name)

    @staticmethod
    def _check_characters(row: Row, values: dict[str, str], faults: Faults) -> None:
        for name, text in values.items():
            if _HALF_PAIR.search(name + text):
                problem = f"the field {name!r} holds half of a surrogate pair, which is no character"
                faults.add(row.place, problem, field=name)

    @staticmethod
    def _find(values: dict[str, str], wanted: str | None, known: Sequence[str]) -> str | None:
        if wanted is not None:
            return wanted if wanted in values else None
        lowered = {name.lower(): name for name in reversed(list(values))}
        return next((lowered[name] for name in known if name in lowered), None)


def as_text(value: object) -> str | None:
    """The text of a field: a text as it is, null as None, anything else as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
