"""Problems from a user's file, in the forms in which they are passed round."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from textgrad_lite.domains.code import CallCase, load_problems
from textgrad_lite.errors import DataError

ROW: dict[str, Any] = {
    "task_id": "add-up",
    "prompt": 'def add(ns):\n    """Add up."""\n',
    "entry_point": "add",
    "test": ["assert add([1]) == 1", "assert add([1, 2]) == 3"],
    "signature": "add(ns)",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hard.jsonl"


def write(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_the_last_tests_judge_where_none_is_hidden(path: Path) -> None:
    (problem,) = load_problems(write(path, ROW))
    assert problem.id == "add-up"
    assert problem.visible == (CallCase("add([1])", 1),)
    assert problem.hidden == (CallCase("add([1, 2])", 3),)


def test_blank_lines_are_skipped(path: Path) -> None:
    path.write_text(f"\n{json.dumps(ROW)}\n\n")
    assert len(load_problems(path)) == 1


def test_hidden_tests_judge_and_all_others_are_shown(path: Path) -> None:
    hidden = "def check(candidate):\n    assert candidate([]) == 0"
    (problem,) = load_problems(write(path, {**ROW, "hidden": hidden}))
    assert len(problem.visible) == 2
    assert problem.hidden == (CallCase("add([])", 0),)


def test_a_single_test_judges(path: Path) -> None:
    (problem,) = load_problems(write(path, {**ROW, "test": ROW["test"][:1]}))
    assert (len(problem.visible), len(problem.hidden)) == (0, 1)


@pytest.mark.parametrize("solution", ["    return sum(ns)\n", "def add(ns):\n    return sum(ns)\n", ""])
def test_a_solution_goes_on_or_stands_for_itself(path: Path, solution: str) -> None:
    (problem,) = load_problems(write(path, {**ROW, "canonical_solution": solution}))
    assert problem.solution.endswith(solution)
    assert problem.solution.count("def add") == bool(solution)


@pytest.mark.parametrize(
    "line,message",
    [
        ("{", "hard.jsonl:2: this is no JSON"),
        ("[]", "hard.jsonl:2: this is no JSON object"),
        (json.dumps({"id": "x"}), r"hard.jsonl:2: .*required.*prompt"),
        (json.dumps({**ROW, "test": ["assert ("]}), r"hard.jsonl:2: .*no Python"),
    ],
)
def test_a_bad_line_is_named(path: Path, line: str, message: str) -> None:
    path.write_text(f"{json.dumps(ROW)}\n{line}\n")
    with pytest.raises(DataError, match=message):
        load_problems(path)


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_problems(path)


def test_a_line_separator_inside_a_text_ends_no_line(path: Path) -> None:
    row = {**ROW, "prompt": "def add(ns): # one\u2028two"}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    assert load_problems(path)[0].prompt == row["prompt"]
