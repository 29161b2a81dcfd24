"""A programming problem: what is asked, and the tests that may be seen and those that judge."""

from __future__ import annotations

import ast
import re
import typing
from collections.abc import Iterable
from dataclasses import dataclass

from textgrad_lite.data import Dataset, Example
from textgrad_lite.domains.code.assertions import read_tests
from textgrad_lite.domains.code.cases import Case
from textgrad_lite.errors import DataError
from textgrad_lite.prompts.parse import strip_thoughts

_FENCED = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<inside>.*?)^(?P=fence)\s*$", re.DOTALL | re.MULTILINE
)
_OPEN_FENCE = re.compile(r"^`{3,}[^\n`]*\n", re.MULTILINE)
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Problem:
    """One problem.

    Attributes:
        id: Its name.
        prompt: What a model is asked; mostly the head of a function with its docstring.
        entry_point: The name of the function that is tested.
        visible: Tests that may be shown to whoever writes the program.
        hidden: Tests that judge it, and that nothing else sees.
        solution: A program that is known to be right, or an empty text.
    """

    id: str
    prompt: str
    entry_point: str
    visible: tuple[Case, ...] = ()
    hidden: tuple[Case, ...] = ()
    solution: str = ""

    def program_in(self, reply: str) -> str:
        """Find the program in a model's reply: in its code fences, else all of it.

        The imports and helpers of the prompt are put in front, and an import of those names of ``typing``
        that are used without one, as in LeetCode's prompts. A reply that goes on where the prompt ends, and
        does not define the function again, is joined to it.
        """
        code = code_in(reply)
        if not re.search(rf"\bdef\s+{re.escape(self.entry_point)}\b", code):
            code = f"{self.prompt.rstrip()}\n{code}" if "def " in self.prompt else code
        elif (preamble := self._preamble) not in code:
            code = f"{preamble}\n\n{code}"
        first = [line for line in code.splitlines() if line.startswith("from __future__ ")]
        rest = [line for line in code.splitlines() if not line.startswith("from __future__ ")]
        return "\n".join([*first, *_typing_imports(code), *rest, ""])

    @property
    def _preamble(self) -> str:
        """What stands before the function in the prompt."""
        try:
            body = ast.parse(self.prompt).body
        except (SyntaxError, ValueError):
            return ""
        before = []
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name == self.entry_point:
                break
            before.append(ast.unparse(node))
        return "\n".join(before)


def _typing_imports(code: str) -> list[str]:
    """Make the line that imports what is used of ``typing`` and is bound nowhere."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return []
    nodes = list(ast.walk(tree))
    used = {node.id for node in nodes if isinstance(node, ast.Name)} & set(typing.__all__)
    bound = {
        alias.asname or alias.name for node in nodes if isinstance(node, _IMPORTS) for alias in node.names
    }
    bound |= {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    missing = sorted(used - bound) if "*" not in bound else []
    return [f"from typing import {', '.join(missing)}"] if missing else []


def problem_of(example: Example) -> Problem:
    """Make a problem of an example whose fields ``entry_point`` and ``test`` hold it; its tests are hidden.

    Raises:
        DataError: It lacks one of them, or the tests cannot be read.
    """
    missing = [name for name in ("entry_point", "test") if not example.fields.get(name)]
    if missing:
        raise DataError(f"the example {example.id!r} has no tests", field=missing[0])
    name = example.fields["entry_point"]
    return Problem(
        id=example.id,
        prompt=example.input,
        entry_point=name,
        hidden=read_tests(example.fields["test"], name),
        solution=example.target or "",
    )


def code_in(reply: str) -> str:
    """Take what a reply has in code fences, joined; or all of it where there is none."""
    text = strip_thoughts(reply) if reply.lstrip().startswith("<") else reply
    blocks = [match["inside"].rstrip() for match in _FENCED.finditer(text)]
    if blocks:
        return "\n\n".join(blocks)
    opened = _OPEN_FENCE.search(text)  # a reply that was cut off never closes its fence
    return text[opened.end() :].rstrip() if opened else text.rstrip()


def dataset_of(problems: Iterable[Problem]) -> Dataset:
    """Make examples of problems, for training and evaluation; their ids are those of the problems."""
    return Dataset([Example(id=problem.id, input=problem.prompt) for problem in problems])
