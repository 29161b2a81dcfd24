"""How tasks are shown: a table of all, one of them in words, and its first examples."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from textgrad_lite.data import Dataset
from textgrad_lite.tasks import LoadedTask, Task

_SHOWN = 300


def make_table(tasks: Sequence[Task]) -> Table:
    """Return a line for each task; names stay whole, since they are to be copied."""
    table = Table(box=None, pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("data")
    table.add_column("what")
    for task in tasks:
        table.add_row(task.name, task.source, task.title)
    return table


def print_task(output: Console, task: Task) -> None:
    """Print what is known of a task without its data."""
    for title, text in (
        (task.name, task.title),
        ("From", task.origin),
        ("Needs", task.needs),
        ("Metric", task.metric or "a program that runs tests"),
        ("Prompt", task.prompt),
    ):
        if text:
            output.print(f"{title}: {text}", markup=False, soft_wrap=True)


def describe(task: Task) -> dict[str, object]:
    """Return what is known of a task without its data, as JSON data."""
    return {
        "name": task.name,
        "title": task.title,
        "aim": task.aim,
        "source": task.source,
        "metric": task.metric or None,
        "origin": task.origin,
        "needs": task.needs,
        "prompt": task.prompt,
    }


def describe_data(loaded: LoadedTask, examples: int) -> dict[str, object]:
    """Return the sizes of a task's parts and its first test examples, as JSON data."""
    return {
        "sizes": {part: len(dataset) for part, dataset in _parts(loaded).items()},
        "notes": list(loaded.notes),
        "examples": [example.model_dump(mode="json") for example in loaded.test[:examples]],
    }


def print_data(output: Console, loaded: LoadedTask, examples: int) -> None:
    """Print the sizes of a task's parts and its first test examples."""
    sizes = ", ".join(f"{len(dataset)} {part}" for part, dataset in _parts(loaded).items())
    output.print(f"Examples: {sizes}", markup=False)
    for example in loaded.test[:examples]:
        target = "" if example.target is None else f" → {example.target[:_SHOWN]}"
        output.print(f"  {example.id}: {example.input[:_SHOWN]}{target}", markup=False, soft_wrap=True)


def _parts(loaded: LoadedTask) -> dict[str, Dataset]:
    parts = {"train": loaded.parts.train, "val": loaded.parts.val, "test": loaded.parts.test}
    return {name: dataset for name, dataset in parts.items() if dataset is not None}
