"""Tests of textgrad_lite.data.fields."""

from __future__ import annotations

import itertools

import pytest

from textgrad_lite.data import Dataset
from textgrad_lite.errors import DataError


@pytest.mark.parametrize(
    "asked, expected",
    list(itertools.product(["input", "question", "prompt", "Input"], ["target", "expected", "answer"])),
)
def test_aliases(asked: str, expected: str) -> None:
    example = Dataset.from_rows([{asked: "a", expected: "b"}])[0]
    assert (example.input, example.target) == ("a", "b")


def test_the_first_alias_wins_and_the_others_stay_fields() -> None:
    example = Dataset.from_rows([{"prompt": "p", "input": "i", "answer": "a", "target": "t"}])[0]
    assert (example.input, example.target) == ("i", "t")
    assert example.fields == {"prompt": "p", "answer": "a"}


def test_an_alias_still_fills_the_placeholder_of_its_own_name() -> None:
    dataset = Dataset.from_rows([{"question": "q", "answer": "a"}], placeholders=["question"])
    assert dataset[0].placeholders == {"question": "q", "input": "q"}
    assert dataset.warnings == ()


def test_fields_can_be_named() -> None:
    rows = [{"text": "t", "input": "i", "label": "l"}]
    example = Dataset.from_rows(rows, input_field="text", target_field="label")[0]
    assert (example.input, example.target) == ("t", "l")


@pytest.mark.parametrize(
    "row, options, message",
    [
        ({"imput": "a", "target": "b"}, {}, "no field 'input' or 'question' or 'prompt'.*mean 'imput'"),
        ({"input": "a", "anwser": "b"}, {}, "no field 'target' or 'expected' or 'answer'.*mean 'anwser'"),
        ({"input": "a", "labels": "b"}, {"target_field": "label"}, "no field 'label'.*mean 'labels'"),
        ({"txt": "a", "target": "b"}, {"input_field": "text"}, "no field 'text'.*mean 'txt'"),
        ({"input": " ", "target": "b"}, {}, "'input' is empty"),
        (
            {"input": "a", "target": "b"},
            {"placeholders": ["input", "unit"]},
            r"placeholder \{unit\} finds no field",
        ),
        ({"input": None, "target": "b"}, {}, "no field 'input'"),
        ({}, {}, "among none"),
    ],
)
def test_what_is_missing_is_named_with_the_nearest_name(
    row: dict[str, object], options: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        Dataset.from_rows([row], **options)  # type: ignore[arg-type]


def test_the_same_fault_of_many_rows_is_one_line() -> None:
    with pytest.raises(DataError, match="items 1, 2, 3: no field 'target'"):
        Dataset.from_rows([{"input": "a"}] * 3)


def test_a_target_is_optional_where_only_a_judge_can_tell() -> None:
    dataset = Dataset.from_rows([{"input": "a"}, {"input": "b", "target": ""}], needs_target=False)
    assert [example.target for example in dataset] == [None, None]


def test_without_an_input_field_the_placeholders_make_the_input() -> None:
    rows = [{"text": "hello", "language": "French", "target": "bonjour"}]
    example = Dataset.from_rows(rows, placeholders=["text", "language"])[0]
    assert example.input == "text: hello\nlanguage: French"


def test_ids_are_taken_or_else_the_number_of_the_row() -> None:
    dataset = Dataset.from_rows([{"id": "x", "input": "a", "target": "b"}, {"input": "c", "target": "d"}])
    assert [example.id for example in dataset] == ["x", "2"]


def test_an_id_that_appears_twice_is_an_error() -> None:
    rows = [{"id": "x", "input": name, "target": "b"} for name in ("a", "b")]
    with pytest.raises(DataError, match="item 2: the id 'x' appears twice"):
        Dataset.from_rows(rows)
