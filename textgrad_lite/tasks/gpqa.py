"""GPQA: multiple-choice questions of biology, physics and chemistry that a web search does not answer.

Rein et al., "GPQA: a graduate-level Google-proof Q&A benchmark", arXiv 2311.12022, CC BY 4.0. Its authors ask
that the questions are not put on the web where models would be trained on them, so the files are gated
(huggingface.co/datasets/Idavidrein/gpqa): the user has to ask for them and to give the path.
"""

from __future__ import annotations

from functools import partial

from textgrad_lite.data import Dataset, Example
from textgrad_lite.data.faults import Faults, describe_missing
from textgrad_lite.data.reading import Row, read_rows
from textgrad_lite.errors import DataError
from textgrad_lite.tasks.choices import ChoiceQuestion
from textgrad_lite.tasks.files import PublishedFile
from textgrad_lite.tasks.task import Parts, Task, Wanted
from textgrad_lite.tasks.wording import CHOICE_FORM, reasoning_prompt

_ROWS = {"diamond": 198, "main": 448, "extended": 546}
_QUESTION, _RIGHT = "Question", "Correct Answer"
_WRONG = ("Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3")


def make_tasks() -> list[Task]:
    """One task for each of the three published sets."""
    return [
        Task(
            name=f"gpqa_{subset}",
            title=f"GPQA, graduate-level multiple choice ({subset})",
            prompt=reasoning_prompt(CHOICE_FORM),
            metric="choice",
            read=partial(_read, subset),
            aim="answer",
            origin="huggingface.co/datasets/Idavidrein/gpqa, CC BY 4.0 (arXiv 2311.12022), gated; order of "
            "choices by seed and item",
            needs=f"--path to gpqa_{subset}.csv, which its authors give to those who ask for it",
        )
        for subset in _ROWS
    ]


def _read(subset: str, wanted: Wanted) -> Parts:
    file = PublishedFile(f"gpqa_{subset}.csv", rows=_ROWS[subset])
    if wanted.path is None:
        raise DataError(
            f"{file.name} is gated: its authors give it to those who ask for it",
            hint="Ask at huggingface.co/datasets/Idavidrein/gpqa, and give the path of your copy (--path on "
            "the command line).",
        )
    local = wanted.obtain(file)
    faults = Faults(local.path)
    rows = read_rows(local.path, faults)
    examples = [made for row in rows if (made := _as_example(row, wanted.seed, faults)) is not None]
    faults.raise_if_any()
    return Parts(Dataset(examples, source=file.name), notes=local.notes(len(examples)))


def _as_example(row: Row, seed: int, faults: Faults) -> Example | None:
    for name in (_QUESTION, _RIGHT, *_WRONG):
        if not str(row.values.get(name, "")).strip():
            problem = "is empty" if name in row.values else describe_missing((name,), row.values)
            faults.add(row.place, f"the field {name!r}: {problem}", field=name)
            return None
    choices = [str(row.values[name]) for name in (_RIGHT, *_WRONG)]
    asked, letter = ChoiceQuestion(str(row.values[_QUESTION]), choices, right=0).letter(seed)
    return Example(id=str(row.values.get("Record ID") or row.place.number), input=asked, target=letter)
