"""Rows out of things in memory: dictionaries, pairs, typed records, Hugging Face datasets, data frames."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from textgrad_lite.data.example import Example
from textgrad_lite.data.faults import Faults, Place
from textgrad_lite.data.reading import Row
from textgrad_lite.errors import DataError


def rows_of(items: Iterable[object], faults: Faults) -> Iterator[Row]:
    """Yields a row for each item; what cannot be one is noted in ``faults``.

    Args:
        items: A Hugging Face dataset, a data frame of polars or pandas, or any iterable of dictionaries,
            pairs (input, target), texts, dataclasses, pydantic models or examples.
        faults: Takes note of items that are none of these.

    Raises:
        DataError: If these are several datasets under their names.
    """
    if isinstance(items, Mapping):
        raise DataError(
            "these are several datasets, or columns, under the names " + ", ".join(map(repr, items)),
            path=faults.source,
            hint="Pass one dataset, such as datasets['train'], or a list of rows.",
        )
    class_names = _class_names(items)
    for number, item in enumerate(_records(items), start=1):
        place = Place("item", number)
        values = _values_of(item)
        if values is None:
            faults.add(
                place, f"a dictionary or a pair (input, target) is expected, not {type(item).__name__}"
            )
        else:
            yield Row(place, {name: _named(class_names, name, value) for name, value in values.items()})


def validate(row: Row, row_type: type[BaseModel], faults: Faults) -> Row | None:
    """Reads a row as a pydantic model of the user's.

    Args:
        row: The row.
        row_type: What it has to be.
        faults: Takes note of each field that is otherwise.

    Returns:
        The row with the values of the model, or None where it is no such row.
    """
    try:
        record = row_type.model_validate(row.values)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False, include_context=False):
            name = ".".join(map(str, problem["loc"])) or None
            faults.add(
                row.place, f"the field {name!r}: {problem['msg']}" if name else problem["msg"], field=name
            )
        return None
    return Row(row.place, record.model_dump(mode="json"))


def _records(items: Iterable[object]) -> Iterable[object]:
    """The rows of a data frame, whose iterator gives columns; anything else as it is."""
    frame: Any = items
    if hasattr(frame, "to_dicts"):  # polars
        return list(frame.to_dicts())
    if hasattr(frame, "iterrows"):  # pandas
        return list(frame.to_dict("records"))
    return items


def _values_of(item: object) -> dict[str, object] | None:
    if isinstance(item, Mapping):
        return {str(name): value for name, value in item.items()}
    if isinstance(item, Example):
        return {**item.fields, "id": item.id, "input": item.input, "target": item.target}
    if isinstance(item, BaseModel):
        return item.model_dump(mode="json")
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return dataclasses.asdict(item)
    if isinstance(item, str):
        return {"input": item}
    if isinstance(item, tuple | list) and len(item) == 2:
        return {"input": item[0], "target": item[1]}
    return None


def _class_names(items: object) -> dict[str, Any]:
    """The columns of a Hugging Face dataset whose numbers stand for names (``ClassLabel``)."""
    features = getattr(items, "features", None)
    if not isinstance(features, Mapping):
        return {}
    return {str(name): feature for name, feature in features.items() if hasattr(feature, "int2str")}


def _named(class_names: Mapping[str, Any], name: str, value: object) -> object:
    if name in class_names and isinstance(value, int) and value >= 0:
        return class_names[name].int2str(value)
    return value
