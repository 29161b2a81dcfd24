"""Tasks that a user describes in a YAML file, so that they can be called by name like all others."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from textgrad_lite.data import Dataset, Splits
from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.metrics import needs_target
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.tasks.task import Parts, Task, Wanted


class DescribedTask(BaseModel):
    """One task of the file; paths are relative to it.

    Attributes:
        title: What it is, in one line.
        prompt: The starting prompt itself.
        prompt_file: Or the file that holds it.
        data: The file of the examples.
        metric: How an answer is scored, as ``--metric``.
        input_field: As for ``Dataset.from_file``.
        target_field: As for ``Dataset.from_file``.
        rename: As for ``Dataset.from_file``.
        train: Share of the examples, or a number of them.
        val: Likewise.
        test: Likewise.
        split_field: Name of a field that says in which part an example is, instead of shares.
        stratify: Name of a field that every part gets its share of each value of.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = ""
    prompt: str | None = None
    prompt_file: Path | None = None
    data: Path
    metric: str = "exact"
    input_field: str | None = None
    target_field: str | None = None
    rename: dict[str, str] = Field(default_factory=dict)
    train: int | float = 0.4
    val: int | float = 0.2
    test: int | float = 0.4
    split_field: str | None = None
    stratify: str | None = None


def read_tasks(path: Path) -> list[Task]:
    """The tasks of a YAML file: a mapping of names under the key ``tasks``.

    Raises:
        ConfigurationError: If the file cannot be read, or a task in it is described wrongly; says which.
        UnknownNameError: If a key is unknown; names the nearest.
    """
    described = _read(path)
    return [_make(name, _validate(path, name, values), path.parent) for name, values in described.items()]


def _read(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the file of tasks {path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
    tasks = content.get("tasks") if isinstance(content, dict) else None
    if not isinstance(tasks, dict) or not tasks:
        raise ConfigurationError(
            f"{path} describes no tasks",
            hint="It needs a key 'tasks' with a name and a description for each.",
        )
    return {str(name): values for name, values in tasks.items()}


def _validate(path: Path, name: str, values: object) -> DescribedTask:
    if not isinstance(values, dict):
        raise ConfigurationError(f"{path}: the task {name!r} is no mapping of keys to values")
    for key in values:
        if key not in DescribedTask.model_fields:
            raise UnknownNameError(
                f"key of the task {name!r} in {path}:", str(key), DescribedTask.model_fields
            )
    try:
        task = DescribedTask.model_validate(values)
    except ValidationError as error:
        listed = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(f"{path}: the task {name!r}: {listed}") from error
    if (task.prompt is None) == (task.prompt_file is None):
        raise ConfigurationError(f"{path}: the task {name!r} needs either a prompt or a prompt_file")
    return task


def _make(name: str, described: DescribedTask, folder: Path) -> Task:
    prompt = described.prompt if described.prompt is not None else _read_prompt(name, described, folder)
    return Task(
        name=name,
        title=described.title or f"From {described.data.name}",
        prompt=prompt,
        metric=_metric_from(described.metric, folder),
        read=partial(_read_parts, described, folder, prompt),
        origin=str(folder / described.data),
    )


def _read_prompt(name: str, described: DescribedTask, folder: Path) -> str:
    assert described.prompt_file is not None
    try:
        return (folder / described.prompt_file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the prompt of the task {name!r} cannot be read: {error}") from error


def _metric_from(metric: str, folder: Path) -> str:
    """The metric with the path of its file, if it has one, from the folder of the description."""
    kind, _, place = metric.partition(":")
    return f"{kind}:{folder / place}" if kind in ("python", "judge") and place else metric


def _read_parts(described: DescribedTask, folder: Path, prompt: str, wanted: Wanted) -> Parts:
    dataset = Dataset.from_file(
        wanted.path or folder / described.data,
        input_field=described.input_field,
        target_field=described.target_field,
        rename=described.rename,
        placeholders=PromptTemplate.parse(prompt).placeholders,
        needs_target=needs_target(described.metric),
    )
    splits = _split(dataset, described, wanted.seed)
    notes = (*dataset.warnings, *splits.notes)
    if splits.test is None:
        raise ConfigurationError("a task needs a test part", hint="Give it a share or a number above 0.")
    return Parts(splits.test, splits.train, splits.val, notes)


def _split(dataset: Dataset, described: DescribedTask, seed: int) -> Splits:
    if described.split_field is not None:
        return dataset.split_by(described.split_field)
    return dataset.split(
        train=described.train,
        val=described.val,
        test=described.test,
        seed=seed,
        stratify=described.stratify,
    )
