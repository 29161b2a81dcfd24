"""Tasks by name: those that come with the library, those a program adds, and those of a config file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textgrad_lite.data import Dataset
from textgrad_lite.data.splits import given_splits
from textgrad_lite.engines import Engine, as_engine
from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.metrics import Metric, as_metric, get_metric, needs_target
from textgrad_lite.tasks import (
    big_bench_hard,
    code_problems,
    gpqa,
    gsm8k,
    image_questions,
    made_up,
    mmlu,
)
from textgrad_lite.tasks.config_file import read_tasks
from textgrad_lite.tasks.task import LoadedTask, Parts, Task, Wanted

if TYPE_CHECKING:
    import httpx2

_ROOMS = (made_up, big_bench_hard, gsm8k, gpqa, mmlu, code_problems, image_questions)
_PARTS = ("train", "val", "test")
_ENDINGS = (".jsonl", ".json", ".csv", ".tsv", ".parquet")
_registered: dict[str, Task] = {}


def list_tasks(tasks_file: Path | str | None = None) -> list[Task]:
    """All tasks in a fixed order: those of a config file, those that were registered, those of the library.

    Args:
        tasks_file: A YAML file of tasks, see docs/tasks.md.

    Raises:
        ConfigurationError: If the file cannot be used.
    """
    own = read_tasks(Path(tasks_file)) if tasks_file is not None else []
    return [*own, *_registered.values(), *_shipped()]


def register_task(task: Task) -> None:
    """Makes a task known by its name in this process.

    Raises:
        ConfigurationError: If there is one of that name.
    """
    if any(_normalized(task.name) in _names(known) for known in list_tasks()):
        raise ConfigurationError(f"there is a task {task.name!r} already", hint="Choose another name.")
    _registered[_normalized(task.name)] = task


def find_task(name: str, tasks_file: Path | str | None = None) -> Task:
    """The task of a name; case does not matter, and ``-``, ``/`` and ``_`` are the same.

    Args:
        name: Its name, or one of its other names.
        tasks_file: As for :func:`list_tasks`; its tasks hide others of the same name.

    Raises:
        UnknownNameError: If there is none; names the nearest.
    """
    tasks = list_tasks(tasks_file)
    for task in tasks:
        if _normalized(name) in _names(task):
            return task
    raise UnknownNameError("task", name, [task.name for task in tasks])


def load_task(
    name: str,
    evaluation_api: Engine | str | object | None = None,
    *,
    path: Path | str | None = None,
    seed: int = 0,
    metric: Metric | str | Callable[..., Any] | None = None,
    tasks_file: Path | str | None = None,
    cache_dir: Path | str | None = None,
    client: httpx2.Client | None = None,
) -> LoadedTask:
    """Gets a task with its examples, its starting prompt and its metric.

    ``train, val, test, eval_fn = load_task(…)`` is textgrad's form, see :class:`LoadedTask`.

    Args:
        name: The task, as ``textgrad-lite tasks list`` shows it; names of textgrad will do
            (``BBH_object_counting``, ``GSM8K_DSPy``).
        evaluation_api: The model that judges, for a metric that needs one.
        path: The user's own copy of the data: the published file, or a folder with files ``train``, ``val``
            and ``test`` (JSONL, JSON, CSV, TSV or Parquet). Nothing is fetched then.
        seed: Of whatever is random in the task.
        metric: Another metric than the task's own; some tasks have none.
        tasks_file: A YAML file of further tasks.
        cache_dir: Where downloads are kept; a folder of the user's cache directory if None.
        client: What downloads.

    Raises:
        UnknownNameError: If there is no such task.
        DataError: If the examples cannot be had, or are not of the task's form.
        ConfigurationError: If the task needs a metric, or the metric an engine.
    """
    task = find_task(name, tasks_file)
    wanted = Wanted(
        path=None if path is None else Path(path).expanduser(),
        seed=seed,
        cache_dir=None if cache_dir is None else Path(cache_dir),
        client=client,
    )
    scored_by = _find_metric(task, metric, evaluation_api)
    parts = _read_folder(task, wanted.path) or task.read(wanted)
    return LoadedTask(task, parts, scored_by)


def _find_metric(task: Task, metric: Metric | str | Callable[..., Any] | None, api: object) -> Metric:
    chosen = metric if metric is not None else task.metric
    if not chosen:
        raise ConfigurationError(
            f"the task {task.name} has no metric of its own", hint=f"It needs {task.needs}."
        )
    if not isinstance(chosen, str):
        return as_metric(chosen)
    judges = chosen.startswith("judge:") and api is not None
    return get_metric(chosen, engine=as_engine(api) if judges else None)


def _read_folder(task: Task, folder: Path | None) -> Parts | None:
    """The parts from a folder that holds a file for each of them, or None where it is no such folder."""
    if folder is None or not folder.is_dir():
        return None
    found = {
        part: next((file for ending in _ENDINGS if (file := folder / (part + ending)).is_file()), None)
        for part in _PARTS
    }
    files = {part: file for part, file in found.items() if file is not None}
    if len(files) < len(_PARTS):
        return None
    needed = needs_target(task.metric) if task.metric else False
    read = {part: Dataset.from_file(file, needs_target=needed) for part, file in files.items()}
    parts = {
        part: [example.model_copy(update={"id": f"{part}-{example.id}"}) for example in dataset]
        for part, dataset in read.items()
    }
    whole = Dataset([example for part in parts.values() for example in part], source=str(folder))
    return Parts.of(given_splits(whole, parts), [f"{folder}: parts as they are there, not compared with any"])


def _names(task: Task) -> set[str]:
    return {_normalized(name) for name in (task.name, *task.aliases)}


def _normalized(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace("/", "_")


@cache
def _shipped() -> tuple[Task, ...]:
    return tuple(task for room in _ROOMS for task in room.make_tasks())
