"""Distributing examples over parts by seed: the one split into training, validation and test, or folds.

Each example has one task: training examples are read by critic and rewriter, validation examples choose
between candidates, test examples give the number that is reported. Duplicates stay together, or the same
example would do two of these.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textgrad_lite.data.example import Example
from textgrad_lite.errors import ConfigurationError, DataError

_FEWEST = 6
K_FOLD_HINT = "dataset.k_fold(5), or --fold 1/5 to 5/5, tests every example once, in five searches."


@dataclass(frozen=True)
class Division:
    """Which example came into which part.

    Attributes:
        parts: The examples of each part, in the order in which they were drawn.
        sizes: How many each part was to have.
    """

    parts: Mapping[str, Sequence[Example]]
    sizes: Mapping[str, int]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Where duplicates made it otherwise than asked for."""
        other = [
            f"{name} has {len(examples)} examples instead of {self.sizes[name]}"
            for name, examples in self.parts.items()
            if len(examples) != self.sizes[name]
        ]
        if not other:
            return ()
        problem = f"{', '.join(other)}: those with the same input stay together"
        return (f"{problem}. Remove the duplicates for parts of the wanted sizes.",)


def partition(
    groups: Sequence[Sequence[Example]],
    sizes: Mapping[str, int],
    *,
    seed: int,
    source: str,
    stratify: Callable[[Example], str] | None = None,
) -> Division:
    """Distributes groups of duplicates over named parts.

    Where the sizes add up to all examples, every example comes into a part, if need be into one that gets
    larger than wanted, at the cost of the others. Else what fits nowhere is left out.

    Args:
        groups: Examples that must stay together, in the order of the file.
        sizes: How many examples each part is to have.
        seed: Decides alone, with the groups' order, what goes where.
        source: Where the examples come from, for messages.
        stratify: Gives the class of an example; each class is spread over the parts as evenly as the sizes
            allow. The first example of a group speaks for all of it.

    Raises:
        DataError: If duplicates leave nothing for a part that is wanted.
    """
    order = list(groups)
    random.Random(f"split {seed}").shuffle(order)  # noqa: S311 - reproducible, not secret
    strata: dict[str, list[Sequence[Example]]] = {}
    for group in order:
        strata.setdefault(stratify(group[0]) if stratify else "", []).append(group)
    placing = _Placing(sizes, groups)
    for stratum in strata.values():
        placing.place(stratum)
    missing = [name for name, size in sizes.items() if size and not placing.parts[name]]
    if missing:
        raise too_small(f"duplicates leave nothing for {' and '.join(missing)}", source)
    return Division(placing.parts, sizes)


class _Placing:
    """Fills parts, one class of examples after the other."""

    def __init__(self, sizes: Mapping[str, int], groups: Sequence[Sequence[Example]]) -> None:
        total = sum(map(len, groups))
        self.parts: dict[str, list[Example]] = {name: [] for name in sizes}
        self._room = dict(sizes)
        self._share = {name: size / total for name, size in sizes.items()}
        self._loses_none = sum(sizes.values()) == total
        self._left = len(groups)
        # What a part should have got of the classes so far and has not; it is carried from class to class.
        self._due = dict.fromkeys(sizes, 0.0)

    def place(self, groups: Sequence[Sequence[Example]]) -> None:
        count = sum(map(len, groups))
        for name, share in self._share.items():
            self._due[name] += share * count
        # Large groups first: they are those that may not fit any more later. Stable, so the shuffle decides.
        for group in sorted(groups, key=len, reverse=True):
            open_parts = self._find_open()
            fitting = [name for name in open_parts if self._room[name] >= len(group)]
            if fitting:
                self._put(group, max(fitting, key=lambda name: round(self._due[name], 6)))
            elif self._loses_none:
                self._squeeze(group, max(open_parts, key=lambda name: self._room[name]))
            self._left -= 1

    def _find_open(self) -> list[str]:
        """The parts that are wanted; where groups are left for those with nothing yet alone, only these."""
        wanted = [name for name, share in self._share.items() if share]
        empty = [name for name in wanted if not self.parts[name]]
        return empty if empty and self._left <= len(empty) else wanted

    def _put(self, group: Sequence[Example], name: str) -> None:
        self.parts[name].extend(group)
        self._room[name] -= len(group)
        self._due[name] -= len(group)

    def _squeeze(self, group: Sequence[Example], chosen: str) -> None:
        """Puts a group where it does not fit; the others get so much smaller."""
        self._put(group, chosen)
        others = {name: room for name, room in self._room.items() if name != chosen}
        self._room = {chosen: 0, **apportion(others, sum(self._room.values()))}


def apportion(weights: Mapping[str, float], total: int) -> dict[str, int]:
    """Divides a whole number in proportion to weights; each above zero gets one if there are enough.

    The method of the largest remainder (Hamilton); the first of equal ones gets more.
    """
    whole = sum(weights.values()) or 1.0
    exact = {name: total * weight / whole for name, weight in weights.items()}
    wanted = [name for name, weight in weights.items() if weight > 0]
    least = {name: int(name in wanted and len(wanted) <= total) for name in weights}
    given = {name: max(least[name], int(exact[name])) for name in weights}
    while wanted and (missing := total - sum(given.values())):
        if missing > 0:
            given[max(wanted, key=lambda name: exact[name] - given[name])] += 1
        else:
            rich = [name for name in wanted if given[name] > least[name]]
            given[max(rich, key=lambda name: given[name] - exact[name])] -= 1
    return given


def sizes_of(wanted: Mapping[str, float], total: int, source: str) -> dict[str, int]:
    """How many examples each part is to have.

    Args:
        wanted: Per part a share (a float) or a number of examples (an int).
        total: How many examples there are.
        source: Where they come from, for messages.

    Raises:
        ConfigurationError: If shares or numbers cannot be met by any dataset.
        DataError: If this dataset is too small for them.
    """
    shares = {name: size for name, size in wanted.items() if not isinstance(size, int)}
    if any(size < 0 for size in wanted.values()) or sum(shares.values()) > 1 + 1e-9:
        told = ", ".join(f"{name} {size:g}" for name, size in wanted.items())
        raise ConfigurationError(
            f"this is no split: {told}",
            hint="Give each part a share, all shares at most 1.0 together, or a number of examples.",
        )
    if total < _FEWEST:
        raise too_small(f"{total} examples are too few", source)
    sizes = {
        name: max(1, round(size * total)) if name in shares and size else int(size)
        for name, size in wanted.items()
    }
    if len(shares) == len(wanted) and sum(shares.values()) > 1 - 1e-9:
        # What rounding left over or took too much is hardly felt in the largest part.
        largest = max(sizes, key=lambda name: sizes[name])
        sizes[largest] += total - sum(sizes.values())
    if sizes["train"] < 1 or sizes["val"] < 1:
        raise too_small("training and validation need an example each", source)
    if sum(sizes.values()) > total:
        raise too_small(f"{sum(sizes.values())} examples are asked for, there are {total}", source)
    return sizes


def too_small(problem: str, source: str) -> DataError:
    """The error that a dataset is too small for what is asked of it."""
    return DataError(
        f"no honest split into training, validation and test is possible: {problem}",
        path=source,
        hint=f"Add examples, or ask for smaller splits. Or {K_FOLD_HINT} Below about 20 test examples, only "
        "very large improvements can be told from chance.",
    )
