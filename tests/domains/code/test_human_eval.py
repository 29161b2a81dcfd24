"""HumanEval: the file is read, and all of its own solutions pass in the real sandbox."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from textgrad_lite import runtime
from textgrad_lite.domains.code import (
    BubblewrapSandbox,
    CallCase,
    CaseReport,
    Examiner,
    Limits,
    MontySandbox,
    Problem,
    Sandbox,
    load_human_eval,
)
from textgrad_lite.errors import DataError, MissingDependencyError

ROW = {
    "task_id": "HumanEval/x",
    "prompt": 'def twice(n: int) -> int:\n    """Double it.\n    >>> twice(2)\n    4\n    """\n',
    "entry_point": "twice",
    "canonical_solution": "    return 2 * n\n",
    "test": "def check(candidate):\n    assert candidate(3) == 6\n",
}


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_of_this_form_is_read(tmp_path: Path, is_packed: bool) -> None:
    path = tmp_path / "problems.jsonl"
    content = json.dumps(ROW).encode()
    path.write_bytes(gzip.compress(content) if is_packed else content)
    (problem,) = load_human_eval(path)
    assert problem.visible == (CallCase("twice(2)", 4),)
    assert problem.hidden == (CallCase("twice(3)", 6),)
    assert problem.solution == ROW["prompt"] + ROW["canonical_solution"]


def test_examples_that_are_known_to_be_wrong_are_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_text(json.dumps({**ROW, "task_id": "HumanEval/47"}))
    assert load_human_eval(path)[0].visible == ()


def test_a_line_that_lacks_something_is_named(tmp_path: Path) -> None:
    path = tmp_path / "problems.jsonl"
    path.write_text(json.dumps({"task_id": "x"}))
    with pytest.raises(DataError, match=r"problems\.jsonl:1: .*prompt"):
        load_human_eval(path)


def test_without_the_package_that_is_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "human_eval", None)
    with pytest.raises(MissingDependencyError, match="human-eval"):
        load_human_eval()


def test_other_data_than_those_of_the_package_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "human_eval" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").touch()
    (data / "HumanEval.jsonl.gz").write_bytes(gzip.compress(json.dumps(ROW).encode()))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "human_eval", raising=False)
    with pytest.raises(DataError, match=r"not those of its version 1\.0\.3"):
        load_human_eval()
    monkeypatch.delitem(sys.modules, "human_eval", raising=False)


def examined(problems: Sequence[Problem], sandbox: Sandbox) -> list[CaseReport]:
    limits = Limits(seconds=20)

    async def examine_all() -> list[CaseReport]:
        return await asyncio.gather(
            *(Examiner(p.hidden + p.visible, sandbox, limits).aexamine(p.solution) for p in problems)
        )

    return runtime.run(examine_all())


@pytest.mark.extra
@pytest.mark.timeout(900)
def test_all_solutions_pass_in_bubblewrap(bubblewrap: BubblewrapSandbox) -> None:
    problems = load_human_eval()
    reports = examined(problems, bubblewrap)
    assert len(problems) == 164
    failed = {p.id: r.failures for p, r in zip(problems, reports, strict=True) if not r.is_passed}
    assert failed == {}
    assert sum(bool(problem.visible) for problem in problems) == 134


@pytest.mark.extra
@pytest.mark.timeout(900)
def test_programs_that_do_nothing_fail_everywhere(bubblewrap: BubblewrapSandbox) -> None:
    empty = [
        Problem(p.id, p.prompt, p.entry_point, (), p.hidden, f"{p.prompt}    pass\n")
        for p in load_human_eval()[::8]
    ]
    assert not any(report.is_passed for report in examined(empty, bubblewrap))


@pytest.mark.extra
@pytest.mark.timeout(900)
def test_in_monty_none_of_the_solutions_is_wrong() -> None:
    reports = examined(load_human_eval(), MontySandbox())
    assert sum(report.is_passed for report in reports) >= 160
    assert [report.failures for report in reports if report.failures] == []
