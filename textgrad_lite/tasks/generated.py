"""What the generators of items share: as many different ones as are asked for, by seed."""

from __future__ import annotations

import random
from collections.abc import Callable

from textgrad_lite.errors import ConfigurationError

_FRUITLESS = 1000
"""Repetitions in a row after which there is nothing new to be expected."""


def draw_items(
    make_item: Callable[[random.Random], dict[str, str]], count: int, *, seed: int
) -> list[dict[str, str]]:
    """Draw items until there are enough that differ in their input.

    Args:
        make_item: Makes one item, with a field ``input``, out of a source of random numbers.
        count: How many.
        seed: Decides which.

    Raises:
        ConfigurationError: If so many different items cannot be made.
    """
    random_source = random.Random(seed)  # noqa: S311 - reproducible, not secret
    items: dict[str, dict[str, str]] = {}
    repeated = 0
    while len(items) < count:
        item = make_item(random_source)
        repeated = repeated + 1 if item["input"] in items else 0
        if repeated > _FRUITLESS:
            raise ConfigurationError(
                f"only {len(items)} different items were found, {count} are asked for", hint="Ask for fewer."
            )
        items.setdefault(item["input"], item)
    return list(items.values())
