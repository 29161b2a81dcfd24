"""Telling programs that only look different: by their syntax, and by what they do with sampled inputs.

The idea is unified functional hashing (arXiv 2302.05433): two programs that do the same with the same inputs
are evaluated once. There are two levels: the syntax tree without comments, docstrings and layout costs
nothing, the behaviour one short run. Equal behaviour on samples is evidence, not proof, and says nothing of
speed.
"""

from __future__ import annotations

import ast
import hashlib
import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

from textgrad_lite.domains.code.cases import CallCase, Case
from textgrad_lite.domains.code.job import DEFAULT_LIMITS, Job, Limits, SnippetRun
from textgrad_lite.domains.code.sandbox import Sandbox

T = TypeVar("T")

_SAMPLES = 24
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def syntax_key(program: str) -> str:
    """Give a text that is equal for programs which differ in comments, docstrings and layout alone."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return program
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


async def behaviour_key(
    program: str, calls: Sequence[str], sandbox: Sandbox, limits: Limits = DEFAULT_LIMITS
) -> str | None:
    """Give a digest of what a program does with some calls.

    Returns:
        None where that would not tell it from others: no call returned anything, one was ended from outside,
        or one returned what cannot be shown whole.
    """
    if not calls:
        return None
    runs = await sandbox.execute(Job(program, tuple(calls), limits))
    if not all(map(_is_telling, runs)) or all(run.ending == "raised" for run in runs):
        return None
    digest = hashlib.sha256()
    for run in runs:
        digest.update(f"{run.ending}\0{_shown(run)}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def sample_calls(cases: Iterable[Case], n: int = _SAMPLES, seed: int = 0) -> tuple[str, ...]:
    """Make calls for telling programs apart: those of some tests, and others with their arguments varied.

    Only calls with literal arguments can be varied. The same tests and seed make the same calls.
    """
    given = list(dict.fromkeys(case.call for case in cases if isinstance(case, CallCase) and not case.setup))
    readable = [read for call in given if (read := _read_call(call)) is not None]
    random_source = random.Random(seed)  # noqa: S311 - samples need no cryptography
    made = dict.fromkeys(given)
    for _ in range(4 * n if readable else 0):
        if len(made) >= n:
            break
        name, arguments = random_source.choice(readable)
        varied = ", ".join(repr(_vary(argument, random_source)) for argument in arguments)
        made[f"{name}({varied})"] = None
    return tuple(made)[:n]


def _is_telling(run: SnippetRun) -> bool:
    return run.is_plain if run.ending == "done" else run.ending == "raised"


def _shown(run: SnippetRun) -> str:
    return run.value if run.ending == "done" else run.error


def _read_call(call: str) -> tuple[str, list[object]] | None:
    try:
        tree = ast.parse(call, mode="eval").body
        if not isinstance(tree, ast.Call) or tree.keywords:
            return None
        return ast.unparse(tree.func), [ast.literal_eval(argument) for argument in tree.args]
    except (ValueError, SyntaxError, RecursionError):
        return None


def _vary(value: object, source: random.Random) -> object:
    """Make a value of the same kind, mostly near the given one."""
    if isinstance(value, bool):
        return source.random() < 0.5
    if isinstance(value, int):
        return source.choice([value + 1, value - 1, 0, 1, value * 2, -value, source.randint(0, 20)])
    if isinstance(value, float):
        return source.choice([value + 0.5, -value, 0.0, round(source.uniform(-10, 10), 2)])
    if isinstance(value, str):
        return "".join(_vary_series(list(value), source)) if value else "a"
    if isinstance(value, list | tuple):
        items = [_vary(item, source) if source.random() < 0.3 else item for item in value]
        return type(value)(_vary_series(items, source))
    return value


def _vary_series(items: list[T], source: random.Random) -> list[T]:
    """Leave it, turn it round, shuffle it, drop one, double one, or empty it."""
    way = source.randrange(6)
    if way == 1:
        return items[::-1]
    if way == 2:
        return source.sample(items, len(items))
    if way == 3:
        return items[1:]
    if way == 4:
        return items + items[:1]
    return [] if way == 5 and source.random() < 0.3 else items
