"""How the data of a job is read and divided: fields, parts, folds, classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import JOB, STUDENT, Call
from textgrad_lite.errors import ConfigurationError, DataError
from textgrad_lite_cli.inputs import read_dataset, split
from textgrad_lite_cli.settings import Settings


def write(place: Path, **more: Any) -> Path:
    rows = [
        {"input": f"q{k}", "target": str(k), "kind": "ab"[k % 2], "part": "train" if k < 10 else part, **more}
        for k, part in enumerate(["val"] * 20 + ["test"] * 20)
    ]
    path = place / "d.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_parts_may_be_given_by_a_field(tmp_path: Path) -> None:
    settings = Settings(split_field="part")
    splits = split(read_dataset(write(tmp_path), "Answer.", settings), settings)
    assert splits.test is not None
    assert (len(splits.train), len(splits.val), len(splits.test)) == (10, 10, 20)


def test_a_fold_is_one_of_so_many(tmp_path: Path) -> None:
    path = write(tmp_path)
    tested = []
    for number in range(1, 5):
        settings = Settings(fold=f"{number}/4", stratify="kind")
        splits = split(read_dataset(path, "Answer.", settings), settings)
        assert splits.test is not None
        assert sorted(example.fields["kind"] for example in splits.test) == ["a"] * 5 + ["b"] * 5
        tested += [example.id for example in splits.test]
    assert len(set(tested)) == 40
    with pytest.raises(ConfigurationError, match="--fold 5/4: there is no such fold"):
        split(read_dataset(path, "Answer.", settings), Settings(fold="5/4"))


def test_classes_are_spread(tmp_path: Path) -> None:
    settings = Settings(stratify="kind", train=10, val=10, test=20)
    splits = split(read_dataset(write(tmp_path), "Answer.", settings), settings)
    assert [example.fields["kind"] for example in splits.val].count("a") == 5
    with pytest.raises(DataError, match="to stratify by"):
        split(read_dataset(write(tmp_path), "Answer.", settings), Settings(stratify="none"))


def test_fields_get_the_names_of_the_prompt(tmp_path: Path) -> None:
    settings = Settings(rename=["kind=sort", "part = where"], split_field="where")
    dataset = read_dataset(write(tmp_path), "{input} {sort}", settings)
    assert dataset[0].fields["sort"] == "a"
    assert dataset.warnings == ()


@pytest.mark.parametrize("pair", ["kind", "=sort", "kind="])
def test_a_pair_without_two_names(tmp_path: Path, pair: str) -> None:
    with pytest.raises(ConfigurationError, match="the form is OLD=NEW"):
        read_dataset(write(tmp_path), "Answer.", Settings(rename=[pair]))


def test_what_duplicates_change_is_said(place: Path, call: Call) -> None:
    rows = [{"input": "Add: 1 1", "target": "2"}] * 18 + [
        {"input": f"Add: 1 {k}", "target": str(k + 1)} for k in range(2, 14)
    ]
    (place / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = call(*JOB, "--dry-run")
    assert result.exit_code == 0
    assert "train has 18 examples instead of 12" in " ".join(result.stderr.split())


def test_the_model_is_shown_what_a_field_names(place: Path, call: Call) -> None:
    (place / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16))
    (place / "items.jsonl").write_text(json.dumps({"input": "Add: 1 2", "target": "3", "image": "a.png"}))
    (place / "model.py").write_text(
        "def answer(given):\n    return '3' if isinstance(given, list) else '0'\n"
    )
    command = ("eval", "prompt.txt", "--data", "items.jsonl", *STUDENT)
    assert "0.0%" in call(*command).stdout
    assert "100.0%" in call(*command, "--image-field", "image").stdout
