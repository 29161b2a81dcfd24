"""Programming problems: a signature with a description, and tests that a program has to pass.

Chen et al., "Evaluating large language models trained on code", arXiv 2107.03374;
github.com/openai/human-eval, MIT. LeetCode-Hard is a set that users make themselves from leetcode.com
(github.com/GammaTauAI/leetcode-hard-gym), as the paper did.

Nothing is executed here: whoever loads such a task brings the metric that runs the tests, in a sandbox.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable
from pathlib import Path

from textgrad_lite.data import Dataset
from textgrad_lite.errors import DataError
from textgrad_lite.tasks.files import PublishedFile
from textgrad_lite.tasks.task import Parts, Task, Wanted

_HUMAN_EVAL = PublishedFile(
    "HumanEval.jsonl.gz",
    "https://raw.githubusercontent.com/openai/human-eval/6d43fb980f9fee3c892a914eda09951f772ad10d/data/"
    "HumanEval.jsonl.gz",
    "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
    rows=164,
    group="human_eval",
    package="human_eval/data",
)
_LEETCODE = PublishedFile("leetcode_with_tests.jsonl")
_PROMPT = (
    "You will be given the beginning of a Python function with its description. Write the whole function, "
    "with all imports that it needs, in one Python code block, and nothing else."
)


def make_tasks() -> list[Task]:
    """HumanEval, and LeetCode-Hard from a user's file."""
    needs = "a metric that runs programs, such as that of the extra code"
    return [
        Task(
            name="humaneval",
            title="HumanEval: functions to be written from their description",
            prompt=_PROMPT,
            metric="",
            read=_read_human_eval,
            source="fetched",
            aim="program",
            origin="github.com/openai/human-eval, MIT (arXiv 2107.03374)",
            needs=needs,
        ),
        Task(
            name="leetcode_hard",
            title="LeetCode-Hard: hard problems, tests of their examples",
            prompt=_PROMPT,
            metric="",
            read=_read_leetcode,
            aim="program",
            origin="made by the user from leetcode.com, as with github.com/GammaTauAI/leetcode-hard-gym",
            needs=f"--path to a JSONL file with task_id, prompt and test; {needs}",
            aliases=("leetcodehardeval",),
        ),
    ]


def _read_human_eval(wanted: Wanted) -> Parts:
    local = wanted.obtain(_HUMAN_EVAL)
    dataset = _as_dataset(local.path, _read_lines(local.path))
    return Parts(dataset, notes=local.notes(len(dataset)))


def _read_leetcode(wanted: Wanted) -> Parts:
    if wanted.path is None:
        raise DataError(
            "LeetCode-Hard is no published file",
            hint="Make one, and give its path (--path on the command line).",
        )
    local = wanted.obtain(_LEETCODE)
    return Parts(_as_dataset(local.path, _read_lines(local.path)))


def _read_lines(path: Path) -> Iterable[dict[str, object]]:
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _as_row(json.loads(line))
        except KeyError as error:
            raise DataError(f"there is no {error}", path=path, line=number) from error
        except (ValueError, TypeError) as error:
            raise DataError("not a JSON object", path=path, line=number) from error


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read: {error}", path=path) from error


def _as_row(problem: dict[str, object]) -> dict[str, object]:
    tests = problem["test"]
    return {
        "id": problem["task_id"],
        "input": problem["prompt"],
        "target": problem.get("canonical_solution") or None,
        "entry_point": problem.get("entry_point") or "",
        "test": "\n".join(map(str, tests)) if isinstance(tests, list) else tests,
    }


def _as_dataset(path: Path, rows: Iterable[dict[str, object]]) -> Dataset:
    return Dataset.from_rows(rows, source=str(path), needs_target=False)
