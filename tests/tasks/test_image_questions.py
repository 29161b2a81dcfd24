"""Tests of textgrad_lite.tasks.image_questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tasks.conftest import PNG, jsonl, sha256
from textgrad_lite.engines.types import ImagePart
from textgrad_lite.errors import DataError
from textgrad_lite.tasks import load_task
from textgrad_lite.testing import ScriptedEngine


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_in_the_form_of_scienceqa(tmp_path: Path, image_file: Path) -> None:
    row = {
        "question": "Which is nearest?",
        "choices": ["the sea", "the hill"],
        "answer": 1,
        "hint": "Look at the map.",
        "image": image_file.name,
    }
    task = load_task("scienceqa", path=write(tmp_path, "q.jsonl", jsonl([row])))
    [example] = task.test
    assert example.input.startswith("Look at the map.\nWhich is nearest?\nOptions:\n(A) ")
    assert f"{example.target} the hill" in example.input
    assert example.fields["answer_type"] == "choice"
    assert example.fields["image"] == str(image_file)
    assert example.fields["image_sha256"] == sha256(PNG + b"rest")


def test_a_file_in_the_form_of_mathvista(tmp_path: Path, image_file: Path) -> None:
    base = {"question": "How long?", "image": image_file.name, "choices": None}
    content = {
        "1": {**base, "answer": "1.2", "answer_type": "float", "precision": 1.0, "unit": "cm"},
        "2": {**base, "answer": "3/11", "choices": ["3/11", "8/11"], "answer_type": "text"},
        "3": {**base, "answer": "[1, 2]", "answer_type": "list"},
    }
    task = load_task("mathvista", path=write(tmp_path, "q.json", json.dumps(content).encode()))
    length, share, years = task.test
    assert (length.id, length.input, length.target) == ("1", "How long? (in cm)", "1.2")
    assert (length.fields["answer_type"], length.fields["precision"]) == ("float", "1")
    assert f"{share.target} 3/11" in share.input
    assert (years.target, years.fields["answer_type"]) == ("[1, 2]", "list")


def test_a_json_file_may_hold_a_list(tmp_path: Path, image_file: Path) -> None:
    rows = [{"question": "Q", "answer": "A", "image": image_file.name}]
    path = write(tmp_path, "q.json", json.dumps(rows).encode())
    assert len(load_task("scienceqa", path=path).test) == 1


def test_a_csv_file_holds_its_choices_as_json(tmp_path: Path, image_file: Path) -> None:
    text = f'question,choices,answer,image\nWhich?,"[""x"", ""y""]",B,{image_file.name}\n'
    [example] = load_task("scienceqa", path=write(tmp_path, "q.csv", text.encode())).test
    assert f"{example.target} y" in example.input


@pytest.mark.parametrize(
    "row, problem",
    [
        ({"question": "Q", "answer": "A"}, "no field 'image'"),
        ({"question": "", "answer": "A", "image": "picture.png"}, "the field 'question' is empty"),
        ({"question": "Q", "answer": "A", "image": "other.png"}, "the image .*other.png cannot be read"),
        (
            {"question": "Q", "answer": "z", "image": "picture.png", "choices": ["x"]},
            "the answer 'z' is none of the choices",
        ),
        (
            {"question": "Q", "answer": "²", "image": "picture.png", "choices": ["x"]},
            "the answer '²' is none of the choices",
        ),
        (
            {"question": "Q", "answer": "x", "image": "picture.png", "choices": "['x', 'y']"},
            "the choices are no list in JSON",
        ),
        (
            {"question": "Q", "answer": "1", "image": "picture.png", "precision": "two"},
            "the precision 'two' is no number",
        ),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, image_file: Path, row: dict[str, object], problem: str) -> None:
    assert image_file.name == "picture.png"
    with pytest.raises(DataError, match=f"line 1: {problem}"):
        load_task("scienceqa", path=write(tmp_path, "q.jsonl", jsonl([row])))


@pytest.mark.parametrize(
    "choices, answer, right",
    [
        (["2", "0", "1"], 0, "2"),
        (["2", "0", "1"], "0", "0"),
        ([2, 0, 1], 0, "0"),
        (["x", "y"], "b", "y"),
    ],
)
def test_a_number_among_texts_is_a_place_and_not_a_text(
    tmp_path: Path, image_file: Path, choices: list[object], answer: object, right: str
) -> None:
    row = {"question": "Q", "choices": choices, "answer": answer, "image": image_file.name}
    [example] = load_task("scienceqa", path=write(tmp_path, "q.jsonl", jsonl([row]))).test
    assert f"{example.target} {right}" in example.input.splitlines()


def test_what_is_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not JSON"):
        load_task("scienceqa", path=write(tmp_path, "q.json", b"{question"))
    with pytest.raises(DataError, match="cannot be read"):
        load_task("scienceqa", path=tmp_path / "none.json")


def test_an_image_may_have_an_address(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"question": "Q", "answer": "A", "image": "https://example.org/a.png"}]
    [example] = load_task("scienceqa", path=write(tmp_path, "q.jsonl", jsonl(rows))).test
    assert example.fields["image"] == "https://example.org/a.png"


def test_a_path_is_needed() -> None:
    with pytest.raises(DataError, match="image questions come from files of yours"):
        load_task("mathvista")


def test_the_model_sees_the_image_and_no_byte_is_in_the_data(tmp_path: Path, image_file: Path) -> None:
    rows: list[dict[str, object]] = [{"question": "What is it?", "answer": "A cat", "image": image_file.name}]
    task = load_task("scienceqa", path=write(tmp_path, "q.jsonl", jsonl(rows)))
    engine = ScriptedEngine(["Answer: a cat"])
    reply = task.make_model(engine)(task.test[0].placeholders)
    assert reply.value == "Answer: a cat"
    [message] = [message for message in engine.requests[0].messages if message.role == "user"]
    [image] = [part for part in message.parts if isinstance(part, ImagePart)]
    assert image.data == PNG + b"rest"
    assert "PNG" not in task.test[0].model_dump_json()
