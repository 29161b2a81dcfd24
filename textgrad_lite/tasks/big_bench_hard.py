"""BIG-Bench Hard: 27 tasks that need several steps of reasoning.

Suzgun et al., "Challenging BIG-Bench tasks and whether chain-of-thought can solve them", arXiv 2210.09261;
github.com/suzgunmirac/BIG-Bench-Hard, MIT. The split is textgrad's: in the published order the first 50 to
train, the next 100 to validate, the rest to test. Three tasks have fewer than 250 items and get the same
shares.
"""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

from textgrad_lite.data import Dataset
from textgrad_lite.data.splits import given_splits
from textgrad_lite.tasks.files import PublishedFile
from textgrad_lite.tasks.task import Parts, Task, Wanted
from textgrad_lite.tasks.wording import CHOICE_FORM, PAPER_REASONING, reasoning_prompt

_BASE = "https://raw.githubusercontent.com/suzgunmirac/BIG-Bench-Hard"
_COMMIT = "9ee07bd481feebf959a6b59d61ea57bdcf30964d"
_TRAIN_SHARE, _VAL_SHARE = 0.2, 0.4

_FORMS = {
    "choice": CHOICE_FORM,
    "label:True|False": "one word, True or False",
    "label:Yes|No": "one word, Yes or No",
    "label:yes|no": "one word, yes or no",
    "label:valid|invalid": "one word, valid or invalid",
    "brackets": "the brackets that are missing, in order",
}
"""What the starting prompt asks for; the other metrics start from the paper's prompt."""

_TABLE = Path(__file__).with_name("big_bench_hard.csv")
"""Metric, rows and SHA-256 of each file, hashed from the repository at that commit."""


def make_tasks() -> list[Task]:
    """All 27 tasks."""
    with _TABLE.open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    return [_make(row["name"], row["metric"], int(row["rows"]), row["sha256"]) for row in rows]


def _make(name: str, metric: str, rows: int, sha256: str) -> Task:
    file = PublishedFile(f"{name}.json", f"{_BASE}/{_COMMIT}/bbh/{name}.json", sha256, rows, "bbh")
    prompt = reasoning_prompt(_FORMS[metric]) if metric in _FORMS else PAPER_REASONING
    words = name.replace("_", " ")
    return Task(
        name=f"bbh_{name}",
        title=f"BIG-Bench Hard: {words}",
        prompt=prompt,
        metric=metric,
        read=partial(_read, file),
        source="fetched",
        origin="github.com/suzgunmirac/BIG-Bench-Hard, MIT (arXiv 2210.09261); split as in textgrad, prompt "
        + ("our own" if metric in _FORMS else "of textgrad"),
    )


def _read(file: PublishedFile, wanted: Wanted) -> Parts:
    local = wanted.obtain(file)
    dataset = Dataset.from_file(local.path)
    n_train, n_val = (round(share * len(dataset)) for share in (_TRAIN_SHARE, _VAL_SHARE))
    parts = {
        "train": dataset[:n_train],
        "val": dataset[n_train : n_train + n_val],
        "test": dataset[n_train + n_val :],
    }
    return Parts.of(given_splits(dataset, parts), local.notes(len(dataset)))
