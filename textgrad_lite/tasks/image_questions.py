"""Questions about images, from files of the user's in the form of ScienceQA or MathVista.

ScienceQA: Lu et al., arXiv 2209.09513, CC BY-NC-SA 4.0. MathVista: Lu et al., arXiv 2310.02255, CC BY-SA 4.0.
Neither is fetched here: the images are many and their licences differ. A file (JSONL, JSON or CSV) names the
images beside it, or their addresses; the image itself goes to the model alone, and the data and the journal
hold its digest.
"""

from __future__ import annotations

import json
from pathlib import Path

from textgrad_lite.data import Dataset, Example
from textgrad_lite.data.faults import Faults, describe_missing
from textgrad_lite.data.reading import Row, read_rows, read_text
from textgrad_lite.errors import DataError, GraphError
from textgrad_lite.graph import Image
from textgrad_lite.tasks.choices import ChoiceQuestion
from textgrad_lite.tasks.task import Parts, Task, Wanted

_PROMPT = (
    "You will be shown an image and asked a question about it. Look closely, and work the answer out step by "
    "step. Write it in a last line of its own: 'Answer: ' and then the letter of the right option in "
    "parentheses, or the number, or the words that are asked for."
)


def make_tasks() -> list[Task]:
    """Image questions under the names of the two sets whose form they may have."""
    return [
        Task(
            name=name,
            title=f"Questions about images, from a file in the form of {title}",
            prompt=_PROMPT,
            metric="typed",
            read=_read,
            aim="answer",
            origin=f"the user's own copy of {title} ({licence}), or any file of that form",
            needs="--path to a file with question, answer, image (a path beside it) and, if any, choices",
            image_fields=("image",),
        )
        for name, title, licence in (
            ("scienceqa", "ScienceQA", "CC BY-NC-SA 4.0, arXiv 2209.09513"),
            ("mathvista", "MathVista", "CC BY-SA 4.0, arXiv 2310.02255"),
        )
    ]


def _read(wanted: Wanted) -> Parts:
    if wanted.path is None:
        raise DataError(
            "image questions come from files of yours",
            hint="Give the path of a file that names the images beside it (--path on the command line).",
        )
    faults = Faults(wanted.path)
    examples = [
        made
        for row in _rows(wanted.path, faults)
        if (made := _as_example(row, wanted.path.parent, wanted.seed, faults)) is not None
    ]
    faults.raise_if_any()
    return Parts(Dataset(examples, source=str(wanted.path), key_names=("input", "image_sha256")))


def _rows(path: Path, faults: Faults) -> list[Row]:
    """The rows; MathVista's JSON is an object of objects, by their ids."""
    if path.suffix == ".json":
        value = _parse(read_text(path))
        if isinstance(value, dict) and value and all(isinstance(item, dict) for item in value.values()):
            from textgrad_lite.data.sources import rows_of

            return list(rows_of(({"id": key, **item} for key, item in value.items()), faults))
    return list(read_rows(path, faults))


def _parse(text: str) -> object:
    """The value of a JSON text, or None where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _as_example(row: Row, folder: Path, seed: int, faults: Faults) -> Example | None:
    for name in ("question", "answer", "image"):
        if row.values.get(name) in (None, ""):
            is_empty = name in row.values
            problem = f"the field {name!r} is empty" if is_empty else describe_missing((name,), row.values)
            faults.add(row.place, problem, field=name)
            return None
    try:
        image, digest = _find_image(str(row.values["image"]), folder)
    except GraphError as error:
        faults.add(row.place, error.message, field="image")
        return None
    try:
        question, target, kind = _ask(row, seed)
        precision = _decimals(row.values.get("precision"))
    except DataError as error:
        faults.add(row.place, error.message, field=error.field)
        return None
    return Example(
        id=str(row.values.get("id") or row.values.get("pid") or row.place.number),
        input=question,
        target=target,
        fields={
            "image": image,
            "image_sha256": digest,
            "answer_type": kind,
            "precision": precision,
        },
    )


def _find_image(named: str, folder: Path) -> tuple[str, str]:
    """The full path, or the address, of an image, and its digest.

    Raises:
        GraphError: If it cannot be read, or is no image.
    """
    is_address = named.startswith(("http://", "https://", "data:"))
    place = named if is_address else str((folder / named).absolute())
    return place, Image.load(place).digest


def _ask(row: Row, seed: int) -> tuple[str, str, str]:
    """The question as it is asked, its target and the kind of answer.

    Raises:
        DataError: If the choices cannot be read, or none of them is the answer.
    """
    text, answer = str(row.values["question"]), row.values["answer"]
    if hint := row.values.get("hint"):
        text = f"{hint}\n{text}"
    if unit := row.values.get("unit"):
        text = f"{text} (in {unit})"
    choices = _choices(row.values.get("choices"))
    texts = [str(choice) for choice in choices]
    if not choices:
        return text, str(answer), str(row.values.get("answer_type") or "text")
    right = _position(answer, choices)
    if right is None:
        raise DataError(f"the answer {answer!r} is none of the choices", field="answer")
    return (*ChoiceQuestion(text, texts, right).letter(seed), "choice")


def _choices(value: object) -> list[object]:
    if isinstance(value, str) and value.strip().startswith("["):
        read = _parse(value)
        if not isinstance(read, list):
            raise DataError(f"the choices are no list in JSON: {value}", field="choices")
        return read
    return value if isinstance(value, list) else []


def _position(answer: object, choices: list[object]) -> int | None:
    """Where the answer stands: as one of the choices, by its number from 0, or by its letter.

    ScienceQA gives a number, which may also be the text of another choice: a number is a text only where the
    choices are numbers too.
    """
    texts = [str(choice) for choice in choices]
    is_number = isinstance(answer, int) and not any(isinstance(choice, int) for choice in choices)
    text = str(answer).strip()
    index = int(text) if text.isdecimal() else ord(text.upper()) - ord("A") if len(text) == 1 else -1
    if str(answer) in texts and not is_number:
        return texts.index(str(answer))
    return index if 0 <= index < len(choices) else None


def _decimals(value: object) -> str:
    try:
        return "" if value in (None, "") else str(int(float(str(value))))
    except (ValueError, OverflowError) as error:
        raise DataError(f"the precision {value!r} is no number", field="precision") from error
