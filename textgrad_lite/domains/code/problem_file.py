"""Problems from a user's file, such as LeetCode-Hard, whose terms do not allow us to bring it.

One JSON object a line, in the form in which LeetCode-Hard (Reflexion, arXiv 2303.11366) and HumanEval are
passed round: ``task_id`` (or ``id``), ``prompt``, ``entry_point``, ``test`` as a list of assertions or as
HumanEval's ``check`` function. ``hidden`` adds tests that judge, in the same forms; where there is none, the
last tests judge and are not shown. ``canonical_solution`` may be there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from textgrad_lite.domains.code.assertions import read_tests
from textgrad_lite.domains.code.problem import Problem
from textgrad_lite.errors import DataError

Tests = str | list[str]


class ProblemRow(BaseModel):
    """One line of the file; further fields are left alone."""

    id: Annotated[str, Field(validation_alias=AliasChoices("id", "task_id"))]
    prompt: str
    entry_point: str
    test: Tests
    hidden: Tests | None = None
    canonical_solution: str = ""


def load_problems(path: str | Path, *, held_back: float = 0.5) -> tuple[Problem, ...]:
    """Read problems from a file.

    Args:
        path: The file.
        held_back: Share of the tests that are hidden where the file has no hidden ones, at least one of them;
            these are the last.

    Raises:
        DataError: A line is not of the form; the message names it.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the file cannot be read: {error}", path=path) from error
    rows = read_json_lines(text, path)
    return tuple(_problem(row, path, line, held_back) for line, row in enumerate(rows, start=1))


def read_json_lines(text: str, path: str | Path) -> list[Mapping[str, Any]]:
    """Read one JSON object a line; blank lines are skipped.

    Raises:
        DataError: A line is none.
    """
    rows: list[Mapping[str, Any]] = []
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            row = json.loads(content)
        except ValueError as error:
            raise DataError(f"this is no JSON: {error}", path=path, line=line) from error
        if not isinstance(row, dict):
            raise DataError("this is no JSON object", path=path, line=line)
        rows.append(row)
    return rows


def read_row(row: Mapping[str, Any], path: str | Path, line: int) -> ProblemRow:
    """Read one object as a problem.

    Raises:
        DataError: A field is missing or of another kind; the message names line and field.
    """
    try:
        return ProblemRow.model_validate(row)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"]))
        raise DataError(fault["msg"], path=path, line=line, field=field) from error


def _problem(row: Mapping[str, Any], path: str | Path, line: int, held_back: float) -> Problem:
    read = read_row(row, path, line)
    try:
        shown = read_tests(read.test, read.entry_point)
        hidden = read_tests(read.hidden, read.entry_point) if read.hidden is not None else ()
    except DataError as error:
        raise DataError(error.message, path=path, line=line, field="test") from error
    if not hidden:
        n_hidden = max(1, round(len(shown) * held_back))
        shown, hidden = shown[:-n_hidden], shown[-n_hidden:]
    return Problem(
        id=read.id,
        prompt=read.prompt,
        entry_point=read.entry_point,
        visible=shown,
        hidden=hidden,
        solution=_solution(read),
    )


def _solution(row: ProblemRow) -> str:
    """The solution goes on where the prompt ends, or stands for itself."""
    solution = row.canonical_solution
    return solution if not solution or f"def {row.entry_point}" in solution else row.prompt + solution
