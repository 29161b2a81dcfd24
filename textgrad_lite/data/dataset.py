"""A dataset: an ordered, immutable sequence of examples with unique ids."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Unpack, overload

from textgrad_lite.data.example import Example
from textgrad_lite.data.faults import Faults
from textgrad_lite.data.fields import FieldMapping, RowMeaning
from textgrad_lite.data.oddities import find_duplicates, find_unused_fields
from textgrad_lite.data.reading import Row, read_rows
from textgrad_lite.data.sources import rows_of, validate
from textgrad_lite.data.splits import Splits, Stratify, fold, split_by_field, split_by_seed
from textgrad_lite.errors import DataError

_log = logging.getLogger(__name__)


class Dataset(Sequence[Example]):
    """Examples in order, with what was odd about them.

    Args:
        examples: The examples; their ids must differ.
        source: Where they come from, for messages.
        key_names: The placeholders that a model gets to see. Two examples that agree in them are
            duplicates, and no split tears them apart.
        warnings: What was odd while reading.

    Raises:
        DataError: If there is no example, or an id appears twice.
    """

    def __init__(
        self,
        examples: Iterable[Example],
        *,
        source: str = "examples",
        key_names: Sequence[str] = ("input",),
        warnings: Sequence[str] = (),
    ) -> None:
        self._examples = tuple(examples)
        self.source = source
        self.key_names = tuple(key_names)
        if not self._examples:
            raise DataError("there are no examples", path=source, hint="It needs at least a few.")
        if len({example.id for example in self._examples}) < len(self._examples):
            raise DataError("two examples have the same id", path=source, field="id")
        self.warnings = tuple(warnings)

    @classmethod
    def from_file(
        cls,
        path: Path | str,
        *,
        format: str | None = None,  # noqa: A002 - the name of the option
        max_shown: int = 20,
        **meaning: Unpack[RowMeaning],
    ) -> Dataset:
        """Reads a JSONL, CSV, TSV, JSON or Parquet file.

        Args:
            path: The file.
            format: Its format; by its ending if None.
            max_shown: How many bad lines the error lists.
            **meaning: What the fields of a row are, see :class:`RowMeaning`.

        Raises:
            DataError: One error that lists every bad line with its number; or why the file as a whole
                cannot be used.
        """
        faults = Faults(path, max_shown)
        return cls._from_rows(read_rows(Path(path), faults, format=format), faults, meaning)

    @classmethod
    def from_rows(
        cls, rows: Iterable[object], *, source: str = "rows", **meaning: Unpack[RowMeaning]
    ) -> Dataset:
        """Makes a dataset of what is in memory.

        Args:
            rows: A Hugging Face dataset (names instead of the numbers of a ``ClassLabel``), a data frame of
                polars or pandas, or any iterable of dictionaries, pairs (input, target), texts, dataclasses,
                pydantic models or examples.
            source: Where they come from, for messages.
            **meaning: What the fields of a row are, see :class:`RowMeaning`.

        Raises:
            DataError: One error that lists every bad item with its number.
        """
        faults = Faults(source)
        return cls._from_rows(list(rows_of(rows, faults)), faults, meaning)

    @classmethod
    def _from_rows(cls, rows: Sequence[Row], faults: Faults, meaning: RowMeaning) -> Dataset:
        row_type = meaning.get("row_type")
        if row_type is not None:
            rows = [typed for row in rows if (typed := validate(row, row_type, faults)) is not None]
        mapping = FieldMapping.of(meaning)
        examples = mapping.make_examples(rows, faults)
        faults.raise_if_any()
        names = tuple(mapping.placeholders) or ("input",)
        places = [row.place for row in rows]
        warnings = [
            *find_duplicates(examples, places, names),
            *find_unused_fields(examples, names, meaning.get("also_used", ())),
        ]
        for warning in warnings:
            _log.warning("%s: %s", faults.source, warning)
        return cls(examples, source=str(faults.source), key_names=names, warnings=warnings)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over ids and contents in order, as 64 hex digits."""
        content = "\n".join(example.model_dump_json() for example in self._examples)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def field_names(self) -> tuple[str, ...]:
        """All names that may fill a placeholder, in order of their first appearance."""
        return tuple(dict.fromkeys(name for example in self._examples for name in example.placeholders))

    def split(
        self,
        *,
        train: float = 0.4,
        val: float = 0.2,
        test: float = 0.4,
        seed: int = 0,
        stratify: Stratify = None,
    ) -> Splits:
        """Splits once, by seed, without overlap: examples with the same input stay together.

        Args:
            train: A share below 1.0, or a number of examples if it is an int.
            val: Likewise.
            test: Likewise; 0 leaves the test set away.
            seed: The same seed gives the same split on every machine.
            stratify: Name of a field (or ``"target"``), or a function that gives the class of an example:
                each part gets its share of every class.

        Raises:
            ConfigurationError: If shares or numbers cannot be met by any dataset.
            DataError: If there are too few examples for an honest split, or a field to stratify by is
                missing.
        """
        return split_by_seed(self, {"train": train, "val": val, "test": test}, seed=seed, stratify=stratify)

    def k_fold(self, folds: int = 5, *, seed: int = 0, stratify: Stratify = None) -> tuple[Splits, ...]:
        """Divides all examples into folds, for a dataset that is too small to be split once.

        In each of the splits one fold is the test set, the next one chooses, and the rest is to learn from.
        Each example is tested exactly once over all of them, so the results over all folds may be put
        together; it takes as many searches as there are folds.

        Args:
            folds: How many, at least 3.
            seed: As for :meth:`split`.
            stratify: As for :meth:`split`.

        Raises:
            ConfigurationError: If there are too few folds.
            DataError: If there are fewer different inputs than folds, or a field to stratify by is missing.
        """
        return fold(self, folds, seed=seed, stratify=stratify)

    def split_by(self, field: str = "split") -> Splits:
        """Splits as a field of the examples says: ``train``, ``val`` (or ``validation``, ``dev``), ``test``.

        An example whose input is also in a later part is left out of the earlier one, with a warning.

        Raises:
            DataError: If an example has no such field or another value in it, or a part would be empty.
        """
        return split_by_field(self, field)

    def take(self, count: int) -> Dataset:
        """The first examples, at most ``count``."""
        return Dataset(self._examples[:count], source=self.source, key_names=self.key_names)

    def part(self, name: str, examples: Sequence[Example]) -> Dataset:
        """Some of the examples as a dataset of their own, named after what they are for."""
        return Dataset(examples, source=f"{self.source} ({name})", key_names=self.key_names)

    def __len__(self) -> int:
        return len(self._examples)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | Sequence[Example]:
        return self._examples[index]

    def __iter__(self) -> Iterator[Example]:
        return iter(self._examples)

    def __repr__(self) -> str:
        return f"Dataset({len(self)} examples from {self.source})"
