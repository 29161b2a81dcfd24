"""Three datasets without overlap, and the ways to come by them: by seed, in folds, or as published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textgrad_lite.data.example import Example
from textgrad_lite.data.partition import K_FOLD_HINT, apportion, partition, sizes_of, too_small
from textgrad_lite.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from textgrad_lite.data.dataset import Dataset

_FEW = 20
_FEWEST_FOLDS = 3
_PART_OF = {"train": "train", "val": "val", "validation": "val", "dev": "val", "test": "test"}

Stratify = str | Callable[[Example], str] | None
"""A field's name (or ``"target"``), or a function that gives the class of an example."""


@dataclass(frozen=True)
class Splits:
    """Three datasets without overlap; ``test`` is None where none was wanted.

    Attributes:
        train: What critic and rewriter read.
        val: What chooses between candidates.
        test: What gives the number that is reported.
        notes: What was otherwise than asked for when they were made.
    """

    train: Dataset
    val: Dataset
    test: Dataset | None
    notes: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What these sizes cannot show, and what was otherwise than asked for."""
        if self.test is None or len(self.test) >= _FEW:
            return self.notes
        few = f"a test set of {len(self.test)} can only confirm a very large improvement; {K_FOLD_HINT}"
        return (*self.notes, few)


def split_by_seed(
    dataset: Dataset, wanted: Mapping[str, float], *, seed: int, stratify: Stratify = None
) -> Splits:
    """See :meth:`Dataset.split`."""
    groups = _groups(dataset, dataset)
    sizes = sizes_of(wanted, len(dataset), dataset.source)
    label = _labels(dataset, stratify)
    division = partition(groups, sizes, seed=seed, source=dataset.source, stratify=label)
    made = {name: dataset.part(name, examples) for name, examples in division.parts.items() if examples}
    return Splits(made["train"], made["val"], made.get("test"), division.warnings)


def fold(dataset: Dataset, folds: int, *, seed: int, stratify: Stratify = None) -> tuple[Splits, ...]:
    """See :meth:`Dataset.k_fold`."""
    if folds < _FEWEST_FOLDS:
        raise ConfigurationError(
            f"{folds} folds are too few",
            hint="One is for the test, one for validation, the rest to train on.",
        )
    groups = _groups(dataset, dataset)
    if len(groups) < folds:
        raise too_small(f"{len(groups)} different inputs are too few for {folds} folds", dataset.source)
    sizes = apportion({str(number): 1.0 for number in range(folds)}, len(dataset))
    label = _labels(dataset, stratify)
    division = partition(groups, sizes, seed=seed, source=dataset.source, stratify=label)
    parts = list(division.parts.values())
    made = []
    for number in range(folds):
        test, val = parts[number], parts[(number + 1) % folds]
        held_out = {example.id for example in (*test, *val)}
        train = [example for example in dataset if example.id not in held_out]
        named = f"fold {number + 1} of {folds}"
        made.append(
            Splits(
                dataset.part(f"{named}, train", train),
                dataset.part(f"{named}, val", val),
                dataset.part(f"{named}, test", test),
                division.warnings,
            )
        )
    return tuple(made)


def split_by_field(dataset: Dataset, field: str) -> Splits:
    """See :meth:`Dataset.split_by`."""
    parts: dict[str, list[Example]] = {"train": [], "val": [], "test": []}
    for example in dataset:
        value = example.fields.get(field, "")
        name = _PART_OF.get(value.strip().lower())
        if name is None:
            problem = f"is {value!r}" if field in example.fields else "is not there"
            raise DataError(
                f"the part of example {example.id!r} {problem}",
                path=dataset.source,
                field=field,
                hint="It is train, val (or validation, or dev), or test.",
            )
        parts[name].append(example)
    if missing := [name for name in ("train", "val") if not parts[name]]:
        raise DataError(f"no example is for {' or '.join(missing)}", path=dataset.source, field=field)
    return given_splits(dataset, parts)


def given_splits(dataset: Dataset, parts: Mapping[str, Sequence[Example]]) -> Splits:
    """Splits that others have made: what stands in a later part too is taken out of the earlier one.

    Args:
        dataset: All the examples, for their source and what makes two of them equal.
        parts: ``train``, ``val`` and ``test``; the last may be empty.
    """
    taken: set[str] = set()
    kept: dict[str, Dataset | None] = {}
    notes = []
    for name in ("test", "val", "train"):
        keys = [example.key(dataset.key_names) for example in parts[name]]
        left = [example for example, key in zip(parts[name], keys, strict=True) if key not in taken]
        if repeated := len(keys) - len(left):
            notes.append(f"{repeated} examples of {name} are left out: their input is also in a later part")
        taken.update(keys)
        kept[name] = dataset.part(name, left) if left else None
    train, val = kept["train"], kept["val"]
    if train is None or val is None:
        raise too_small("nothing is left to train or to validate on", dataset.source)
    return Splits(train, val, kept["test"], tuple(notes))


def _groups(dataset: Dataset, examples: Sequence[Example]) -> list[list[Example]]:
    """Examples with the same input, together."""
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.key(dataset.key_names), []).append(example)
    return list(groups.values())


def _labels(dataset: Dataset, stratify: Stratify) -> Callable[[Example], str] | None:
    if stratify is None or callable(stratify):
        return stratify
    classes = {example.id: _class_of(dataset, example, stratify) for example in dataset}
    return lambda example: classes[example.id]


def _class_of(dataset: Dataset, example: Example, name: str) -> str:
    value = example.target if name == "target" else example.placeholders.get(name)
    if value is None:
        raise DataError(
            f"example {example.id!r} has no {name!r} to stratify by",
            path=dataset.source,
            field=name,
            hint=f"There are: {', '.join(['target', *example.placeholders])}.",
        )
    return value.strip()
