"""A task as files: what ``textgrad-lite optimize`` and any editor can work with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textgrad_lite.data import Dataset
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.tasks.task import LoadedTask

PROMPT, ITEMS, METRIC, CONFIG = "prompt.txt", "items.jsonl", "metric.py", "config.yaml"
SPLIT = "split"
"""The field that says in which part an example is."""


@dataclass(frozen=True)
class WrittenTask:
    """Where the parts of a task are.

    Attributes:
        prompt_file: The starting prompt.
        data_file: All examples, each with its part in the field ``split``.
        settings: What the commands have to know besides, by the names of their settings.
    """

    prompt_file: Path
    data_file: Path
    settings: Mapping[str, Any]


def write_task(
    task: LoadedTask, folder: Path, *, limit: int | None = None, metric_code: str | None = None
) -> WrittenTask:
    """Writes prompt, examples and settings of a task into a folder.

    Args:
        task: The task.
        folder: Where to; it is made if need be.
        limit: At most so many examples of each part, the first ones; all if None.
        metric_code: A Python file that makes the metric under the name ``metric``, for a task whose metric
            has no name.

    Raises:
        ConfigurationError: If the metric has no name and there is no such file.
        OSError: If the folder cannot be written.
    """
    if not task.task.metric and metric_code is None:
        raise ConfigurationError(f"the task {task.name} has no metric that could be written down")
    folder.mkdir(parents=True, exist_ok=True)
    prompt_file, data_file = folder / PROMPT, folder / ITEMS
    prompt_file.write_text(task.prompt, encoding="utf-8", newline="")
    rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(task, limit))
    data_file.write_text(rows, encoding="utf-8", newline="")
    metric = task.task.metric
    if metric_code is not None:
        (folder / METRIC).write_text(metric_code, encoding="utf-8")
        metric = f"python:{folder / METRIC}:metric"
    settings: dict[str, Any] = {"metric": metric, "split_field": SPLIT}
    if task.task.image_fields:
        settings["image_field"] = list(task.task.image_fields)
    _write_config(folder / CONFIG, task, settings)
    return WrittenTask(prompt_file, data_file, settings)


def _rows(task: LoadedTask, limit: int | None) -> Iterator[dict[str, object]]:
    parts: dict[str, Dataset | None] = {
        "train": task.parts.train,
        "val": task.parts.val,
        "test": task.parts.test,
    }
    for part, dataset in parts.items():
        for example in () if dataset is None else dataset[:limit]:
            yield {
                **example.fields,
                "id": example.id,
                "input": example.input,
                "target": example.target,
                SPLIT: part,
            }


def _write_config(path: Path, task: LoadedTask, settings: Mapping[str, Any]) -> None:
    import yaml

    head = f"# {task.task.title}\n# {task.task.origin}\n"
    path.write_text(head + yaml.safe_dump(dict(settings), sort_keys=False), encoding="utf-8")
