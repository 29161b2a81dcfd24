"""Tests of textgrad_lite.data.reading."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from textgrad_lite.data import Dataset
from textgrad_lite.errors import DataError, MissingDependencyError, UnknownNameError


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_jsonl_with_blank_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path, "d.jsonl", '\ufeff{"input": "a", "target": "1"}\n\n{"input": "b", "target": 2}\n')
    dataset = Dataset.from_file(path)
    assert [(e.id, e.input, e.target) for e in dataset] == [("1", "a", "1"), ("3", "b", "2")]


def test_a_line_separator_inside_a_text_does_not_end_the_line(tmp_path: Path) -> None:
    path = write(tmp_path, "d.jsonl", '{"input": "a\u2028b", "target": "1"}')
    assert Dataset.from_file(path)[0].input == "a\u2028b"


def test_every_bad_line_of_jsonl_is_reported_with_its_number(tmp_path: Path) -> None:
    lines = [
        '{"input": "a", "target": "1"}',
        '{"input": ',
        "[1]",
        "7",
        "null",
        '"x"',
        "true",
        '{"input": "b"}',
    ]
    with pytest.raises(DataError) as caught:
        Dataset.from_file(write(tmp_path, "d.jsonl", "\n".join(lines)))
    message = str(caught.value)
    assert "7 bad lines" in message
    assert "line 2: not JSON" in message
    for number, kind in ((3, "a list"), (4, "a number"), (5, "null"), (6, "a text"), (7, "a truth value")):
        assert f"line {number}: an object is expected, this is {kind}" in message
    assert "line 8: no field 'target'" in message
    assert (caught.value.path, caught.value.line) == (tmp_path / "d.jsonl", 2)


def test_what_cannot_be_held_as_text_or_number_is_a_bad_line_too(tmp_path: Path) -> None:
    lines = [
        r'{"input": "cut emoji \ud83d", "target": "1"}',
        '{"input": 1' + "0" * 5000 + ', "target": "1"}',
        "[" * 100_000,
    ]
    with pytest.raises(DataError) as caught:
        Dataset.from_file(write(tmp_path, "d.jsonl", "\n".join(lines)))
    message = str(caught.value)
    assert "line 1: the field 'input' holds half of a surrogate pair" in message
    assert "lines 2, 3: not readable" in message
    with pytest.raises(DataError, match="not readable"):
        Dataset.from_file(write(tmp_path, "d.json", "[" * 100_000))


def test_the_list_of_bad_lines_is_bounded(tmp_path: Path) -> None:
    path = write(tmp_path, "d.jsonl", "\n".join("{" + "x" * n for n in range(30)))
    with pytest.raises(DataError) as caught:
        Dataset.from_file(path, max_shown=3)
    assert "30 bad lines" in str(caught.value)
    assert "and 27 more" in str(caught.value)


def test_more_messages_than_shown_are_counted(tmp_path: Path) -> None:
    rows = [json.dumps({f"field{n}": "x"}) for n in range(5)]
    with pytest.raises(DataError, match="and 8 more"):
        Dataset.from_file(write(tmp_path, "d.jsonl", "\n".join(rows)), max_shown=2)


@pytest.mark.parametrize("name", ["examples", "data", "rows"])
def test_json_may_hold_its_list_under_a_name(tmp_path: Path, name: str) -> None:
    items = [{"question": "a", "answer": True}, {"question": "b", "answer": [1]}]
    for content in (items, {name: items, "about": "x"}):
        dataset = Dataset.from_file(write(tmp_path, "d.json", json.dumps(content)))
        assert [(e.input, e.target) for e in dataset] == [("a", "true"), ("b", "[1]")]


def test_json_reports_items_by_number(tmp_path: Path) -> None:
    path = write(tmp_path, "d.json", json.dumps([{"input": "a", "target": "b"}, 3]))
    with pytest.raises(DataError, match="item 2: an object is expected") as caught:
        Dataset.from_file(path)
    assert caught.value.line is None


@pytest.mark.parametrize(
    "content, message",
    [("{", "not JSON"), ('{"a": 1}', "no list of examples"), ("3", "no list of examples")],
)
def test_json_that_holds_no_examples(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Dataset.from_file(write(tmp_path, "d.json", content))


def test_a_jsonl_file_named_json_gets_the_hint(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"name it \.jsonl"):
        Dataset.from_file(write(tmp_path, "d.json", '{"input": "a"}\n{"input": "b"}'))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_finds_its_delimiter_and_keeps_line_breaks_in_quotes(tmp_path: Path, delimiter: str) -> None:
    text = f'input{delimiter} target\n"a\nb"{delimiter}1\n\nc{delimiter}2\n'
    dataset = Dataset.from_file(write(tmp_path, "d.csv", text))
    assert [(e.id, e.input, e.target) for e in dataset] == [("2", "a\nb", "1"), ("5", "c", "2")]


def test_every_bad_line_of_csv_is_reported(tmp_path: Path) -> None:
    text = 'input,target\na,1,2\n"b"c,2\nd\n,3\ne,\nf,4\n'
    with pytest.raises(DataError) as caught:
        Dataset.from_file(write(tmp_path, "d.csv", text))
    message = str(caught.value)
    for expected in (
        "line 2: 3 values, but the header has 2 names",
        "line 3: not CSV",
        "line 4: 1 values",
        "line 5: the field 'input' is empty",
        "line 6: the field 'target' is empty",
    ):
        assert expected in message


@pytest.mark.parametrize(
    "text, problem",
    [("a,a\n1,2\n", "'a' appears twice"), ("a,\n1,2\n", "a name is empty")],
)
def test_a_csv_header_that_cannot_be_used(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        Dataset.from_file(write(tmp_path, "d.csv", text))


def test_a_csv_file_without_an_end_of_its_quotes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 1: not CSV"):
        Dataset.from_file(write(tmp_path, "d.csv", '"input,target\na,b'))


def test_a_csv_file_that_holds_only_a_header(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no examples"):
        Dataset.from_file(write(tmp_path, "d.csv", "input,target\n"))


@pytest.mark.parametrize(
    "content, message, line",
    [
        (b"", "empty", None),
        (b" \n\n", "empty", None),
        ('{"input": "a", "target": "b"}\n{"input": "é"}'.encode("latin-1"), "not UTF-8", 2),
        (b"\x7fELF\x00\xff\xfe", "binary", 1),
        (b'{"input"}\n\x00', "binary", 2),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes, message: str, line: int | None) -> None:
    with pytest.raises(DataError, match=message) as caught:
        Dataset.from_file(write(tmp_path, "d.jsonl", content))
    assert caught.value.line == line


def test_a_folder_a_missing_file_and_an_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a folder"):
        Dataset.from_file(tmp_path)
    for name in ("none.jsonl", "none.parquet"):
        with pytest.raises(DataError, match=r"no such file|No such file"):
            Dataset.from_file(tmp_path / name)
    with pytest.raises(UnknownNameError, match="Did you mean 'json"):
        Dataset.from_file(write(tmp_path, "d.jsn", "x"))


def test_the_format_can_be_given(tmp_path: Path) -> None:
    path = write(tmp_path, "d.data", '{"input": "a", "target": "b"}')
    assert len(Dataset.from_file(path, format="jsonl")) == 1


ROWS = [{"input": "a", "target": 1, "note": None}]


def test_parquet_is_read_by_pyarrow_or_else_by_polars(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "d.parquet", b"PAR1")
    for missing in ("pyarrow", "pyarrow.parquet", "polars"):
        monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingDependencyError, match="parquet"):
        Dataset.from_file(path)

    class Table:
        def to_pylist(self) -> list[dict[str, object]]:
            return list(ROWS)

        to_dicts = to_pylist

    for package, function in (("polars", "read_parquet"), ("pyarrow", "read_table")):
        module = ModuleType(package)
        home = module if package == "polars" else ModuleType("pyarrow.parquet")
        setattr(home, function, lambda given: Table() if given == path else None)
        monkeypatch.setitem(sys.modules, package, module)
        monkeypatch.setitem(sys.modules, home.__name__, home)
        dataset = Dataset.from_file(path)
        assert (dataset[0].input, dataset[0].target, dict(dataset[0].fields)) == ("a", "1", {})
