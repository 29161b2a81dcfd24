"""Making tests of assertions, so that each is run, timed and told by itself.

``assert f(1) == 2`` becomes a call and what is expected of it, which stays outside of the sandbox. What is no
such comparison runs inside as it is, with the result of its first call kept to be shown.
"""

from __future__ import annotations

import ast
import copy
import itertools
import re
from collections.abc import Iterable, Sequence

from textgrad_lite.domains.code.cases import CallCase, Case, CheckCase
from textgrad_lite.domains.code.inside import GOT
from textgrad_lite.errors import DataError


def read_check(source: str, entry_point: str) -> tuple[Case, ...]:
    """Read a function ``check(candidate)``, as HumanEval has it, as tests of a function.

    Args:
        source: A module with that function, and what else it needs.
        entry_point: The name of the function that is tested.

    Raises:
        DataError: There is no such function.
    """
    tree = _parsed(source)
    checks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check"]
    if len(checks) != 1 or not checks[0].args.args:
        raise DataError("the tests have no function check(candidate)", field="test")
    around = [node for node in tree.body if node is not checks[0] and not _is_metadata(node)]
    renamed = _Renamed(checks[0].args.args[0].arg, entry_point)
    body = [renamed.visit(node) for node in checks[0].body]
    return tuple(_cases(around, body, entry_point))


def read_tests(tests: str | Sequence[str], entry_point: str) -> tuple[Case, ...]:
    """Read tests in any of the forms in which they are passed round.

    Args:
        tests: HumanEval's ``check`` function, or assertions: as one text, or as several.
        entry_point: The name of the function that is tested.

    Raises:
        DataError: They are in none of these forms.
    """
    if isinstance(tests, str):
        is_check = re.search(r"^def check\b", tests, re.MULTILINE) is not None
        return read_check(tests, entry_point) if is_check else read_assertions([tests], entry_point)
    return read_assertions(tests, entry_point)


def read_assertions(lines: Iterable[str], entry_point: str) -> tuple[Case, ...]:
    """Read statements, each with assertions of its own, as tests of a function.

    Raises:
        DataError: One is no Python.
    """
    return tuple(case for line in lines for case in _cases([], _parsed(line).body, entry_point))


def read_examples(docstring: str, entry_point: str) -> tuple[CallCase, ...]:
    """Read the examples of a docstring whose results are literals.

    Both forms that are common: ``>>> f(1)`` with the result on the next line, and ``f(1) ➞ 2`` in one line
    with any arrow, equals sign or "returns" between them.
    """
    lines = docstring.splitlines()
    found: dict[str, CallCase] = {}
    for line, following in itertools.zip_longest(lines, lines[1:], fillvalue=""):
        start = line.find(f"{entry_point}(")
        call, rest = _split_call(line[start:]) if start >= 0 else ("", "")
        want = following if line.lstrip().startswith(">>>") and not rest else _BETWEEN.sub("", rest)
        try:
            expected = ast.literal_eval(want.strip().rstrip("."))
        except (ValueError, SyntaxError):
            continue
        if call and _is_literal(call):
            found.setdefault(call, CallCase(call, expected))
    return tuple(found.values())


_BETWEEN = re.compile(r"^\s*(?:#\s*)?(?:[=➞→⇒-]+>?|returns|should return|will return)\s*", re.IGNORECASE)


def _split_call(text: str) -> tuple[str, str]:
    """Split a text that begins with a call after the call; nothing where it has no end."""
    for end in (match.end() for match in re.finditer(r"\)", text)):
        try:
            tree = ast.parse(text[:end], mode="eval")
        except (SyntaxError, ValueError):
            continue
        return (text[:end], text[end:].strip()) if isinstance(tree.body, ast.Call) else ("", "")
    return "", ""


def _is_literal(call: str) -> bool:
    """Whether every argument is a literal: in prose, a name may stand for one."""
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    try:
        for value in [*tree.args, *(keyword.value for keyword in tree.keywords)]:
            ast.literal_eval(value)
    except ValueError:
        return False
    return True


def _cases(around: Sequence[ast.stmt], body: Sequence[ast.stmt], entry_point: str) -> Iterable[Case]:
    before = list(around)
    for statement in body:
        if not isinstance(statement, ast.Assert):
            if any(isinstance(node, ast.Assert) for node in ast.walk(statement)):
                yield CheckCase(_text([*before, statement]), call=_text([statement]))
            before.append(statement)
        elif not isinstance(statement.test, ast.Constant):
            yield _case(before, statement, entry_point)


def _case(before: Sequence[ast.stmt], statement: ast.Assert, entry_point: str) -> Case:
    test = statement.test
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        try:
            expected = ast.literal_eval(test.comparators[0])
        except ValueError:
            pass
        else:
            return CallCase(ast.unparse(test.left), expected, setup=_text(before))
    return _check(before, statement, entry_point)


def _check(before: Sequence[ast.stmt], statement: ast.Assert, entry_point: str) -> CheckCase:
    """Keep what the first call gives, then assert the rest of it."""
    shown = copy.deepcopy(statement.test)
    holder = ast.Expression(shown)
    call = _first_call(holder, entry_point)
    if call is None:
        return CheckCase(_text([*before, statement]), call=ast.unparse(statement))
    kept = ast.Assign([ast.Name(GOT, ast.Store())], call, lineno=0)
    asserted = ast.Assert(_Replaced(call).visit(holder).body, None)
    return CheckCase(
        _text([*before, kept, asserted]), call=ast.unparse(call), expected=f"{ast.unparse(statement.test)}"
    )


def _first_call(tree: ast.AST, entry_point: str) -> ast.Call | None:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return next((call for call in calls if ast.unparse(call.func).split(".")[-1] == entry_point), None)


def _is_metadata(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "METADATA"


def _text(statements: Sequence[ast.stmt]) -> str:
    module = ast.Module(list(statements), [])
    return ast.unparse(ast.fix_missing_locations(module))


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise DataError(f"these tests are no Python: {error}", field="test") from error


class _Renamed(ast.NodeTransformer):
    """Every mention of one name becomes another."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self._new, node.ctx), node) if node.id == self._old else node


class _Replaced(ast.NodeTransformer):
    """One call becomes the variable that keeps its result."""

    def __init__(self, call: ast.Call) -> None:
        self._call = call

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return ast.Name(GOT, ast.Load()) if node is self._call else self.generic_visit(node)
