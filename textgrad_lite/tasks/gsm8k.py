"""GSM8K: word problems of grade-school maths.

Cobbe et al., "Training verifiers to solve math word problems", arXiv 2110.14168;
github.com/openai/grade-school-math, MIT. The split is the one that the paper takes over from DSPy (textgrad's
``GSM8K_DSPy``): the published training set shuffled, 200 to train, the next 300 to validate; all of the test
set.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

from textgrad_lite.data import Dataset, Example
from textgrad_lite.data.faults import Faults
from textgrad_lite.data.reading import read_rows
from textgrad_lite.data.splits import given_splits
from textgrad_lite.tasks.files import PublishedFile
from textgrad_lite.tasks.task import Parts, Task, Wanted
from textgrad_lite.tasks.wording import PAPER_MATHS

_BASE = (
    "https://raw.githubusercontent.com/openai/grade-school-math/"
    "3101c7d5072418e28b9008a6636bde82a006892c/grade_school_math/data"
)
_TRAIN = PublishedFile(
    "train.jsonl",
    f"{_BASE}/train.jsonl",
    "17f347dc51477c50d4efb83959dbb7c56297aba886e5544ee2aaed3024813465",
    rows=7473,
    group="gsm8k",
)
_TEST = PublishedFile(
    "test.jsonl",
    f"{_BASE}/test.jsonl",
    "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14",
    rows=1319,
    group="gsm8k",
)
_N_TRAIN, _N_VAL = 200, 300
_FINAL = re.compile(r"####\s*(-?[\d,.]+)\s*$")


def make_tasks() -> list[Task]:
    """The task, as the only one."""
    return [
        Task(
            name="gsm8k",
            title="Word problems of grade-school maths",
            prompt=PAPER_MATHS,
            metric="numeric",
            read=_read,
            source="fetched",
            origin="github.com/openai/grade-school-math, MIT (arXiv 2110.14168); split, prompt of textgrad",
            aliases=("gsm8k_dspy",),
        )
    ]


def _read(wanted: Wanted) -> Parts:
    files = [wanted.obtain(file) for file in (_TRAIN, _TEST)]
    learnt, tested = (read_problems(file.path) for file in files)
    notes = [
        note for file, rows in zip(files, (learnt, tested), strict=True) for note in file.notes(len(rows))
    ]
    for problems in (learnt, tested):
        random.Random(0).shuffle(problems)  # noqa: S311 - DSPy's shuffle, which makes its split
    dataset = Dataset([*learnt, *tested], source="gsm8k")
    parts = {"train": learnt[:_N_TRAIN], "val": learnt[_N_TRAIN : _N_TRAIN + _N_VAL], "test": tested}
    return Parts.of(given_splits(dataset, parts), notes)


def read_problems(path: Path) -> list[Example]:
    """The problems of a published file in its order; the target is the number behind ``####``.

    Raises:
        DataError: One error that lists every bad line.
    """
    faults = Faults(path)
    problems = []
    for row in read_rows(path, faults):
        question, answer = (str(row.values.get(name, "")) for name in ("question", "answer"))
        final = _FINAL.search(answer)
        if not question or final is None:
            problem = "no question" if not question else "the answer does not end with #### and a number"
            faults.add(row.place, problem, field="question" if not question else "answer")
        else:
            target = final[1].replace(",", "")
            problems.append(Example(id=f"{path.stem}-{row.place.number}", input=question, target=target))
    faults.raise_if_any()
    return problems
