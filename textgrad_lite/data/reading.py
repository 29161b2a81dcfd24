"""Rows out of files: JSONL, CSV, JSON and Parquet.

A reader turns a file into rows, each with its place in the file, and notes every line that it cannot read.
What the fields of a row mean is decided elsewhere.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from textgrad_lite.data.faults import Faults, Place
from textgrad_lite.errors import DataError, MissingDependencyError, UnknownNameError

_LIST_NAMES = ("examples", "data", "rows")
_BEYOND_READING = "not readable: a number of thousands of digits, or lists nested too deeply"


@dataclass(frozen=True)
class Row:
    """One row as it was read.

    Attributes:
        place: Where it stands.
        values: Its fields, in the file's order, not yet interpreted.
    """

    place: Place
    values: Mapping[str, object]


def read_rows(path: Path, faults: Faults, *, format: str | None = None) -> list[Row]:  # noqa: A002 - the option's name
    """Reads all rows of a file.

    Args:
        path: The file.
        faults: Takes note of every line that cannot be read.
        format: ``"jsonl"``, ``"csv"``, ``"tsv"``, ``"json"`` or ``"parquet"``; by the file's ending if None.

    Raises:
        DataError: If there is no such file, or if it is a folder, binary, empty, or not UTF-8.
        UnknownNameError: If the format is not one of these.
        MissingDependencyError: If Parquet is asked for and neither pyarrow nor polars is installed.
    """
    if path.is_dir():
        raise DataError("this is a folder, not a data file", path=path, hint="Name the file inside it.")
    name = format or path.suffix.lstrip(".").lower()
    name = {"ndjson": "jsonl", "pq": "parquet", "txt": "jsonl"}.get(name, name)
    if name == "parquet":
        return list(_read_parquet(path))
    readers: dict[str, Callable[[str, Faults], Iterator[Row]]] = {
        "jsonl": _read_jsonl,
        "json": _read_json,
        "csv": _read_csv,
        "tsv": _read_csv,
    }
    if name not in readers:
        raise UnknownNameError("data format", name, [*readers, "parquet"])
    return list(readers[name](read_text(path), faults))


def read_text(path: Path) -> str:
    """Reads a text file that must be UTF-8, with or without a byte order mark.

    Raises:
        DataError: If it cannot be read as that, saying where.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", path=path) from error
    if not content.strip():
        raise DataError("the file is empty", path=path, hint="It needs at least a few examples.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what = "a binary file" if b"\0" in content else "not UTF-8"
        hint = "Save it as UTF-8 (in an editor: 'Save with encoding', or with iconv)."
        raise DataError(f"{what} (byte {error.start})", path=path, line=line, hint=hint) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DataError("a binary file", path=path, line=line, hint="Data files are JSONL, CSV or JSON.")
    return text


def _read_jsonl(text: str, faults: Faults) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = Place("line", number)
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            faults.add(place, f"not JSON: {error.msg} at column {error.colno}")
            continue
        except (ValueError, RecursionError):
            faults.add(place, _BEYOND_READING)
            continue
        yield from _as_row(place, value, faults)


def _read_json(text: str, faults: Faults) -> Iterator[Row]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"not JSON: {error.msg} at column {error.colno}",
            path=faults.source,
            line=error.lineno,
            hint="A file with one object per line is JSONL: name it .jsonl.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise DataError(_BEYOND_READING, path=faults.source) from error
    if isinstance(value, dict):
        value = next((value[name] for name in _LIST_NAMES if isinstance(value.get(name), list)), value)
    if not isinstance(value, list):
        raise DataError(
            "the file holds no list of examples",
            path=faults.source,
            hint=f"It may be a list of objects, or an object with the list under {', '.join(_LIST_NAMES)}.",
        )
    for number, item in enumerate(value, start=1):
        yield from _as_row(Place("item", number), item, faults)


def _as_row(place: Place, value: object, faults: Faults) -> Iterator[Row]:
    if isinstance(value, dict):
        yield Row(place, value)
    else:
        faults.add(place, f"an object is expected, this is {_json_kind(value)}")


def _json_kind(value: object) -> str:
    kinds = {list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number")


def _read_csv(text: str, faults: Faults) -> Iterator[Row]:
    records = _records(text, faults)
    names = [name.strip() for name in next(records, (1, [""]))[1]]
    faults.raise_if_any()
    _check_header(names, faults)
    for number, cells in records:
        place = Place("line", number)
        if len(cells) != len(names):
            faults.add(place, f"{len(cells)} values, but the header has {len(names)} names")
        else:
            yield Row(place, dict(zip(names, cells, strict=True)))


def _records(text: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yields (first line, cells) of every record that is not blank; the text has at least one."""
    delimiter = max(",;\t", key=text.lstrip().split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(Place("line", number), f"not CSV: {error}")
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _check_header(header: list[str], faults: Faults) -> None:
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled or "" in header:
        problem = (
            f"the name {doubled[0]!r} appears twice" if doubled and doubled != [""] else "a name is empty"
        )
        raise DataError(
            f"the header of the table is not usable: {problem}",
            path=faults.source,
            line=1,
            hint="The first line of a CSV file names its columns.",
        )


def _read_parquet(path: Path) -> Iterator[Row]:
    if not path.is_file():
        raise DataError("there is no such file", path=path)
    for number, values in enumerate(_parquet_rows(path), start=1):
        yield Row(Place("item", number), values)


def _parquet_rows(path: Path) -> list[dict[str, object]]:
    try:
        return list(importlib.import_module("pyarrow.parquet").read_table(path).to_pylist())
    except ModuleNotFoundError:
        pass
    try:
        return list(importlib.import_module("polars").read_parquet(path).to_dicts())
    except ModuleNotFoundError as error:
        raise MissingDependencyError("pyarrow", "parquet") from error
