"""The one split into training, validation and test examples.

Each example has one task: training examples are read by critic and rewriter, validation examples choose
between candidates, test examples give the number that is reported. Duplicates stay together, or the same
example would do two of these.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from textgrad_lite.data.example import Example
from textgrad_lite.errors import ConfigurationError, DataError

_FEWEST = 6


def partition(
    groups: Sequence[Sequence[Example]], wanted: Mapping[str, float], *, seed: int, source: str
) -> dict[str, list[Example]]:
    """Distributes groups of duplicates over named parts.

    Args:
        groups: Examples that must stay together, in the order of the file.
        wanted: Per part a share (a float) or a number of examples (an int).
        seed: Decides alone, with the groups' order, what goes where.
        source: Where the examples come from, for messages.

    Raises:
        ConfigurationError: If shares or numbers cannot be met by any dataset.
        DataError: If this dataset is too small for them.
    """
    total = sum(map(len, groups))
    sizes = _sizes(wanted, total, source)
    order = list(groups)
    random.Random(f"split {seed}").shuffle(order)  # noqa: S311 - reproducible, not secret
    left = dict(sizes)
    parts: dict[str, list[Example]] = {name: [] for name in sizes}
    # Large groups first: they are the ones that may not fit any more later. Stable, so the shuffle decides.
    for group in sorted(order, key=len, reverse=True):
        name = max(left, key=lambda part: (left[part] >= len(group), left[part]))
        if left[name] >= len(group):
            parts[name].extend(group)
            left[name] -= len(group)
    missing = [name for name, size in sizes.items() if size and not parts[name]]
    if missing:
        raise _too_small(f"duplicates leave nothing for {' and '.join(missing)}", source)
    return parts


def _sizes(wanted: Mapping[str, float], total: int, source: str) -> dict[str, int]:
    shares = {name: size for name, size in wanted.items() if not isinstance(size, int)}
    if any(size < 0 for size in wanted.values()) or sum(shares.values()) > 1 + 1e-9:
        raise ConfigurationError(
            "a split is a share, all shares at most 1.0 together, or a number of examples"
        )
    if total < _FEWEST:
        raise _too_small(f"{total} examples are too few", source)
    sizes = {
        name: max(1, round(size * total)) if name in shares and size else int(size)
        for name, size in wanted.items()
    }
    if len(shares) == len(wanted) and sum(shares.values()) > 1 - 1e-9:
        # What rounding left over or took too much is hardly felt in the largest part.
        largest = max(sizes, key=lambda name: sizes[name])
        sizes[largest] += total - sum(sizes.values())
    if sizes["train"] < 1 or sizes["val"] < 1:
        raise _too_small("training and validation need an example each", source)
    if sum(sizes.values()) > total:
        raise _too_small(f"{sum(sizes.values())} examples are asked for, there are {total}", source)
    return sizes


def _too_small(problem: str, source: str) -> DataError:
    return DataError(
        f"no honest split into training, validation and test is possible: {problem}",
        path=source,
        hint="Add examples, or ask for smaller splits. Below about 20 test examples, only very large "
        "improvements can be told from chance.",
    )
