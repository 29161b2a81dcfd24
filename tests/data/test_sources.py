"""Tests of textgrad_lite.data.sources: what else than a file a dataset can be made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from textgrad_lite.data import Dataset, Example
from textgrad_lite.errors import DataError


@dataclass
class Note:
    question: str
    answer: int


class Record(BaseModel):
    question: str
    answer: int


class ClassLabel:
    """As of Hugging Face: numbers that stand for names."""

    names = ("no", "yes")

    def int2str(self, value: int) -> str:
        return self.names[value]


class HubDataset:
    """A stand-in for ``datasets.Dataset``: rows by iteration, columns described by ``features``."""

    def __init__(self, *answers: int) -> None:
        self.features = {"question": object(), "answer": ClassLabel()}
        self._answers = answers

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return ({"question": f"q{number}", "answer": answer} for number, answer in enumerate(self._answers))


class PolarsFrame:
    def __iter__(self) -> Iterator[str]:
        return iter(["question", "answer"])

    def to_dicts(self) -> list[dict[str, Any]]:
        return [{"question": "a", "answer": "1"}]


class PandasFrame(PolarsFrame):
    to_dicts = None  # type: ignore[assignment]

    def __getattribute__(self, name: str) -> Any:
        if name == "to_dicts":
            raise AttributeError(name)
        return super().__getattribute__(name)

    def iterrows(self) -> None: ...

    def to_dict(self, orient: str) -> list[dict[str, Any]]:
        assert orient == "records"
        return PolarsFrame().to_dicts()


@pytest.mark.parametrize(
    "item",
    [
        {"question": "a", "answer": 1},
        ("a", 1),
        ["a", "1"],
        Note("a", 1),
        Record(question="a", answer=1),
        Example(id="1", input="a", target="1"),
    ],
)
def test_an_item_may_have_many_forms(item: object) -> None:
    [example] = Dataset.from_rows([item])
    assert (example.id, example.input, example.target) == ("1", "a", "1")


def test_texts_alone_are_inputs() -> None:
    dataset = Dataset.from_rows(["a", "b"], needs_target=False)
    assert [(example.input, example.target) for example in dataset] == [("a", None), ("b", None)]


def test_the_examples_of_a_dataset_make_the_same_again() -> None:
    rows = [{"id": "x", "input": "a", "target": "1", "unit": "kg"}]
    dataset = Dataset.from_rows(rows)
    assert list(Dataset.from_rows(dataset)) == list(dataset)


def test_a_hub_dataset_gives_the_names_of_its_classes() -> None:
    examples = Dataset.from_rows(HubDataset(1, 0, -1))
    assert [(e.input, e.target) for e in examples] == [("q0", "yes"), ("q1", "no"), ("q2", "-1")]


@pytest.mark.parametrize("frame", [PolarsFrame(), PandasFrame()])
def test_a_data_frame_is_read_by_rows(frame: Any) -> None:
    assert [(e.input, e.target) for e in Dataset.from_rows(frame)] == [("a", "1")]


def test_several_datasets_at_once_are_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"'train', 'test'(.|\n)*datasets\['train'\]"):
        Dataset.from_rows({"train": HubDataset(1), "test": HubDataset(0)})


def test_items_that_are_no_rows_are_listed() -> None:
    with pytest.raises(DataError, match=r"items 2, 3: .* not int\n(.|\n)*item 4: .* not tuple"):
        Dataset.from_rows([("a", "b"), 3, 4, ("a", "b", "c")])


def test_rows_may_have_a_type() -> None:
    [example] = Dataset.from_rows([{"question": "a", "answer": "7", "note": None}], row_type=Record)
    assert (example.target, example.fields) == ("7", {"question": "a"})


def test_what_a_row_is_not_is_said_with_its_field() -> None:
    rows = [{"question": "a", "answer": "seven"}, {"answer": "7"}]
    with pytest.raises(DataError) as caught:
        Dataset.from_rows(rows, row_type=Record, source="notes")
    assert "item 1: the field 'answer': Input should be a valid integer" in str(caught.value)
    assert "item 2: the field 'question': Field required" in str(caught.value)
    assert (caught.value.path, caught.value.field) == ("notes", "answer")


def test_columns_may_get_the_names_of_the_template() -> None:
    rows = [{"passage": "p", "q": "a", "gold": "1"}]
    renamed = {"passage": "context", "q": "input", "gold": "target"}
    [example] = Dataset.from_rows(rows, rename=renamed, placeholders=["context", "input"])
    assert (example.input, example.target, example.fields) == ("a", "1", {"context": "p"})


def test_columns_that_cannot_be_renamed() -> None:
    with pytest.raises(DataError, match=r"no field 'pasage' among .*did you mean 'passage'"):
        Dataset.from_rows([{"passage": "p", "input": "a", "target": "b"}], rename={"pasage": "context"})
    with pytest.raises(DataError, match="'q' cannot be called 'input', which is there"):
        Dataset.from_rows([{"q": "p", "input": "a", "target": "b"}], rename={"q": "input"})


def test_columns_may_swap_their_names() -> None:
    [example] = Dataset.from_rows(
        [{"input": "1", "target": "a"}], rename={"input": "target", "target": "input"}
    )
    assert (example.input, example.target) == ("a", "1")


class Picture:
    def tobytes(self) -> bytes:
        return b"\x00\x01"


@pytest.mark.parametrize("value", [b"\x00\x01", Picture(), bytearray(b"\x00\x01")])
def test_bytes_and_images_become_a_mark(value: object) -> None:
    [example] = Dataset.from_rows([{"input": "a", "target": "b", "image": value, "more": {"image": value}}])
    assert example.fields["image"] == "[2 bytes, sha256:b413f47d13ee]"
    assert example.fields["more"] == '{"image": "[2 bytes, sha256:b413f47d13ee]"}'
