"""MMLU: multiple-choice questions of 57 subjects.

Hendrycks et al., "Measuring massive multitask language understanding", arXiv 2009.03300; published as
github.com/hendrycks/test and huggingface.co/datasets/cais/mmlu, MIT. The published dev part is to train,
validation to validate, test to test; the paper uses machine_learning and college_physics.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from textgrad_lite.data import Dataset, Example
from textgrad_lite.data.faults import Faults, Place
from textgrad_lite.data.reading import Row, read_rows, read_text
from textgrad_lite.data.splits import given_splits
from textgrad_lite.errors import DataError
from textgrad_lite.tasks.choices import ChoiceQuestion
from textgrad_lite.tasks.files import PublishedFile
from textgrad_lite.tasks.task import Parts, Task, Wanted
from textgrad_lite.tasks.wording import CHOICE_FORM, reasoning_prompt

_BASE = "https://huggingface.co/datasets/cais/mmlu/resolve/c30699e8356da336a370243923dbaf21066bb9fe"
_PUBLISHED = {"train": "dev", "val": "validation", "test": "test"}
_IN_CSV = {"train": "dev", "val": "val", "test": "test"}
_LETTERS = "ABCD"
_TABLE = Path(__file__).with_name("mmlu.csv")
"""Subjects, and the rows of each part as huggingface.co/datasets/cais/mmlu states them."""


def make_tasks() -> list[Task]:
    """One task for each of the 57 subjects."""
    with _TABLE.open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    return [_make(row.pop("subject"), {part: int(count) for part, count in row.items()}) for row in rows]


def _make(subject: str, rows: Mapping[str, int]) -> Task:
    return Task(
        name=f"mmlu_{subject}",
        title=f"MMLU, multiple choice: {subject.replace('_', ' ')}",
        prompt=reasoning_prompt(CHOICE_FORM),
        metric="choice",
        read=partial(_read, subject, rows),
        source="fetched",
        aim="answer",
        origin="huggingface.co/datasets/cais/mmlu, MIT (arXiv 2009.03300); choices in an order by item",
        needs="the extra parquet, or --path to the unpacked data.tar of github.com/hendrycks/test",
    )


def _read(subject: str, rows: Mapping[str, int], wanted: Wanted) -> Parts:
    parts: dict[str, list[Example]] = {}
    notes: list[str] = []
    for part in _PUBLISHED:
        local = wanted.obtain(_file_of(subject, part, rows[part], wanted))
        parts[part] = _as_examples(read_questions(local.path), part, wanted.seed)
        notes += local.notes(len(parts[part]))
    dataset = Dataset([example for part in parts.values() for example in part], source=f"mmlu_{subject}")
    return Parts.of(given_splits(dataset, parts), notes)


def _file_of(subject: str, part: str, rows: int, wanted: Wanted) -> PublishedFile:
    """The file of one part: as on Hugging Face, or as in the unpacked archive that the user has."""
    if wanted.path is not None:
        return PublishedFile(f"{_IN_CSV[part]}/{subject}_{_IN_CSV[part]}.csv", rows=rows)
    name = f"{subject}/{_PUBLISHED[part]}-00000-of-00001.parquet"
    return PublishedFile(name, f"{_BASE}/{name}", rows=rows, group="mmlu")


def read_questions(path: Path) -> list[ChoiceQuestion]:
    """The questions of one file: Parquet, JSONL or JSON with names, or the published CSV without any.

    Raises:
        DataError: One error that lists every bad row.
    """
    faults = Faults(path)
    rows = _read_csv(path, faults) if path.suffix == ".csv" else read_rows(path, faults)
    questions = [question for row in rows if (question := _as_question(row, faults)) is not None]
    faults.raise_if_any()
    if not questions:
        raise DataError("there are no questions", path=path)
    return questions


def _read_csv(path: Path, faults: Faults) -> Iterator[Row]:
    for number, cells in enumerate(csv.reader(io.StringIO(read_text(path), newline="")), start=1):
        if len(cells) == len(_LETTERS) + 2:
            yield Row(
                Place("line", number), {"question": cells[0], "choices": cells[1:-1], "answer": cells[-1]}
            )
        else:
            faults.add(
                Place("line", number), f"{len(cells)} values; it needs a question, four choices, a letter"
            )


def _as_question(row: Row, faults: Faults) -> ChoiceQuestion | None:
    text, choices, answer = (row.values.get(name) for name in ("question", "choices", "answer"))
    if not isinstance(text, str) or not isinstance(choices, list) or len(choices) != len(_LETTERS):
        faults.add(row.place, "a question with four choices is expected", field="choices")
        return None
    right = _position(answer)
    if right is None:
        faults.add(row.place, f"the answer is {answer!r}, not one of {', '.join(_LETTERS)}", field="answer")
        return None
    return ChoiceQuestion(text, [str(choice) for choice in choices], right)


def _position(answer: object) -> int | None:
    if isinstance(answer, int) and 0 <= answer < len(_LETTERS):
        return answer
    is_letter = isinstance(answer, str) and len(answer.strip()) == 1 and answer.strip() in _LETTERS
    return _LETTERS.index(str(answer).strip()) if is_letter else None


def _as_examples(questions: Sequence[ChoiceQuestion], part: str, seed: int) -> list[Example]:
    examples = []
    for number, question in enumerate(questions, start=1):
        asked, letter = question.letter(seed)
        examples.append(Example(id=f"{part}-{number}", input=asked, target=letter))
    return examples
