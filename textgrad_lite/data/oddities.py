"""What is odd about a dataset and still no error: duplicates, and fields that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textgrad_lite.data.example import Example
from textgrad_lite.data.faults import Place

_LISTED = 5


def find_duplicates(
    examples: Sequence[Example], places: Sequence[Place], names: Sequence[str]
) -> Iterator[str]:
    """Says which rows a model could not tell apart.

    Args:
        examples: The examples.
        places: Where each of them stands.
        names: The placeholders that a model gets to see.
    """
    groups: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        groups.setdefault(example.key(names), []).append(index)
    doubled = [group for group in groups.values() if len(group) > 1]
    for group in doubled[:_LISTED]:
        targets = {examples[index].target for index in group}
        numbers = ", ".join(str(places[index].number) for index in group)
        differ = ", but different targets" if len(targets) > 1 else ""
        yield f"{places[0].unit}s {numbers} have the same input{differ}"
    if len(doubled) > _LISTED:
        yield f"{len(doubled) - _LISTED} further groups have the same input"


def find_unused_fields(
    examples: Sequence[Example], names: Sequence[str], also_used: Sequence[str] = ()
) -> Iterator[str]:
    """Says which fields no placeholder uses; nothing for a prompt that uses the input alone.

    Args:
        examples: The examples.
        names: The placeholders.
        also_used: Fields that something else uses.
    """
    if tuple(names) == ("input",):
        return
    present = dict.fromkeys(name for example in examples for name in example.fields)
    for field in present:
        if field not in {*names, *also_used, "id"} and not _is_the_input(field, examples, names):
            yield f"the field {field!r} is used by no placeholder of the prompt"


def _is_the_input(field: str, examples: Sequence[Example], names: Sequence[str]) -> bool:
    return "input" in names and all(example.fields.get(field) == example.input for example in examples)
