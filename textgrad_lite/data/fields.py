"""What the fields of a row mean: which is the input, which the target, which fill placeholders."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from pydantic import BaseModel

from textgrad_lite.data.example import Example
from textgrad_lite.data.faults import Faults, describe_missing
from textgrad_lite.data.reading import Row

INPUT_NAMES = ("input", "question", "prompt")
TARGET_NAMES = ("target", "expected", "answer")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


class RowMeaning(TypedDict, total=False):
    """What the fields of a row mean.

    Attributes:
        input_field: Name of the input field; None accepts ``input``, ``question`` or ``prompt``.
        target_field: Name of the target field; None accepts ``target``, ``expected`` or ``answer``.
        rename: Other names for fields, as the template calls them: ``{"passage": "context"}``.
        placeholders: What the prompt's template uses; every row must have these fields.
        also_used: Fields that no placeholder uses and something else does; no warning speaks of them.
        needs_target: Whether a row without a target is a bad one; it is by default.
        row_type: A pydantic model that every row has to be an instance of, under its own names.
    """

    input_field: str | None
    target_field: str | None
    rename: Mapping[str, str]
    placeholders: Sequence[str]
    also_used: Sequence[str]
    needs_target: bool
    row_type: type[BaseModel] | None


@dataclass(frozen=True)
class FieldMapping:
    """How rows become examples.

    Attributes:
        input: Name of the input field; None accepts ``input``, ``question`` or ``prompt``, in this order.
        target: Name of the target field; None accepts ``target``, ``expected`` or ``answer``.
        rename: Other names for columns: the column's name to the name that it gets.
        placeholders: Names that the prompt's template uses. Each must be a field of every row. Where they
            are given and a row has no input field, the input is made of them.
        needs_target: Whether a row without a target is a bad one.
    """

    input: str | None = None
    target: str | None = None
    placeholders: Sequence[str] = ()
    needs_target: bool = True
    rename: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, meaning: RowMeaning) -> FieldMapping:
        """The mapping that the options of a reader ask for."""
        return cls(
            input=meaning.get("input_field"),
            target=meaning.get("target_field"),
            placeholders=tuple(meaning.get("placeholders", ())),
            needs_target=meaning.get("needs_target", True),
            rename=meaning.get("rename", {}),
        )

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
        before = len(faults.found)
        named = self._rename(row, faults)
        values = {name: text for name, value in named.items() if (text := as_text(value)) is not None}
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

    def _rename(self, row: Row, faults: Faults) -> dict[str, object]:
        for name, new_name in self.rename.items():
            if name not in row.values:
                faults.add(row.place, describe_missing((name,), row.values), field=name)
            elif new_name in row.values and new_name not in self.rename:
                faults.add(row.place, f"{name!r} cannot be called {new_name!r}, which is there", field=name)
        return {self.rename.get(name, name): value for name, value in row.values.items()}

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
    """The text of a field: a text as it is, null as None, anything else as JSON.

    Bytes and images become a mark with their digest: the same in every process, and no bytes in any prompt.
    """
    if value is None or isinstance(value, str):
        return value
    if (mark := _mark_of(value)) is not None:
        return mark
    return json.dumps(value, ensure_ascii=False, default=_as_json)


def _as_json(value: object) -> object:
    mark = _mark_of(value)
    return str(value) if mark is None else mark


def _mark_of(value: object) -> str | None:
    """A short stand-in for bytes and for objects that hold some, such as images and arrays; else None."""
    content: object = value
    if not isinstance(value, bytes | bytearray) and hasattr(value, "tobytes"):
        content = value.tobytes()
    if not isinstance(content, bytes | bytearray):
        return None
    digest = hashlib.sha256(content).hexdigest()
    return f"[{len(content)} bytes, sha256:{digest[:12]}]"
