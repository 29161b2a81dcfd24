"""``textgrad-lite tasks``: named problems, what they are, and working on them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from textgrad_lite.tasks import LoadedTask, Task, find_task, list_tasks, load_task
from textgrad_lite.tasks.writing import WrittenTask, write_task
from textgrad_lite_cli.console import get_output, print_json, set_verbosity, warn
from textgrad_lite_cli.evaluate import measure
from textgrad_lite_cli.gathering import DEFAULT
from textgrad_lite_cli.job import Job
from textgrad_lite_cli.limits import check_limits, costs_money
from textgrad_lite_cli.optimize import optimize_job
from textgrad_lite_cli.options import Config, Json, Verbosity, take_settings
from textgrad_lite_cli.settings import Settings
from textgrad_lite_cli.start import confirm, gather_settings
from textgrad_lite_cli.task_view import describe, describe_data, make_table, print_data, print_task
from textgrad_lite_cli.votes import count_calls, run_votes

app = typer.Typer(
    help="List, show and work on named problems.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `textgrad-lite tasks list` shows.")]
TasksFile = Annotated[
    Path | None, typer.Option("--tasks", metavar="FILE", help="A YAML file that describes further tasks.")
]
DataPath = Annotated[
    Path | None, typer.Option("--path", help="Your own copy of the data; nothing is fetched then.")
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="At most so many examples of each part; all by default.")
]
Seed = Annotated[int, typer.Option("--seed", help="Of whatever is random in the task.")]

_OF_THE_TASK = {"metric", "split_field", "image_field", "train", "val", "test", "stratify", "fold", "rename"}
_RUN_TESTS = '''"""Runs the tests of a problem against the program in a reply, in a sandbox."""

from textgrad_lite.domains.code import PassesTests

metric = PassesTests()
'''


class How(StrEnum):
    """What is done with a task."""

    MEASURE = "measure"
    PROMPT = "prompt"
    ANSWER = "answer"


_USUAL = {"prompt": How.PROMPT, "answer": How.ANSWER, "program": How.MEASURE}


@app.command("list")
def show_list(*, tasks: TasksFile = None, as_json: Json = False) -> None:
    """List all tasks: those of the library, and those of a file.

    Their data are made here by seed, fetched once, or yours: a file that you name with `--path`.
    """
    found = list_tasks(tasks)
    if as_json:
        print_json([describe(task) for task in found])
        return
    get_output().print(make_table(found))


@app.command()
def show(
    name: Name,
    *,
    tasks: TasksFile = None,
    path: DataPath = None,
    seed: Seed = 0,
    examples: Annotated[
        int, typer.Option("--examples", min=0, help="Get the data, and show so many examples of it.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Show a task: its starting prompt, its metric, and where its data come from."""
    task = find_task(name, tasks)
    loaded = _load(task, tasks, path, seed) if examples else None
    if as_json:
        print_json({**describe(task), **(describe_data(loaded, examples) if loaded else {})})
        return
    output = get_output()
    print_task(output, task)
    if loaded is not None:
        print_data(output, loaded, examples)


@app.command()
def write(
    name: Name,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go.")],
    *,
    tasks: TasksFile = None,
    path: DataPath = None,
    seed: Seed = 0,
    limit: Limit = None,
) -> None:
    """Write a task into a folder: prompt, examples and settings, for `optimize`, `eval` or an editor."""
    loaded = _load(find_task(name, tasks), tasks, path, seed)
    written = _write(loaded, folder, limit)
    get_output().print(
        f"textgrad-lite optimize {written.prompt_file} --data {written.data_file} "
        f"--config {folder / 'config.yaml'}",
        markup=False,
        soft_wrap=True,
    )


@app.command()
@take_settings(name for name in Settings.model_fields if name not in _OF_THE_TASK)
def run(
    name: Name,
    *,
    how: Annotated[
        How | None,
        typer.Option(
            "--how",
            help="measure the starting prompt, optimise the prompt, or optimise each answer; what suits the "
            "task if not given.",
        ),
    ] = None,
    iterations: Annotated[
        int, typer.Option("--iterations", min=1, help="How often an answer is rewritten; with --how answer.")
    ] = 3,
    tasks: TasksFile = None,
    path: DataPath = None,
    limit: Limit = None,
    config: Config = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and spend nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before money is spent.")] = False,
    as_json: Json = False,
    verbose: Verbosity = 0,
    given: dict[str, Any],
) -> None:
    """Work on a task: optimise its prompt, or its answers one by one, or only measure.

    A prompt is optimised as by `optimize`, on the task's own parts. Answers are criticised and rewritten
    without the right one, and the vote over all versions is compared with a vote over as many plain answers.

    ```
    textgrad-lite tasks run object_counting --steps 3
    textgrad-lite tasks run gpqa_diamond --path gpqa_diamond.csv --limit 50
    ```
    """
    set_verbosity(verbose)
    gathered = gather_settings(given, config)
    settings = gathered.settings
    loaded = _load(find_task(name, tasks), tasks, path, settings.seed)
    chosen = how or _USUAL[loaded.task.aim]
    folder = settings.out or Path("runs") / f"{loaded.name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    with TemporaryDirectory() as spare:
        written = _write(loaded, Path(spare) if dry_run else folder / "task", limit)
        settings = settings.model_copy(update={**written.settings, "out": folder})
        job = Job(written.prompt_file, written.data_file, settings)
        if chosen is How.PROMPT:
            optimize_job(
                job,
                dry_run=dry_run,
                in_place=False,
                fail_if_not_better=False,
                yes=yes,
                as_json=as_json,
                verbose=verbose,
            )
            return
    check_limits(job.settings, job.engines)
    test = loaded.test if limit is None else loaded.test.take(limit)
    judgements = loaded.metric.worst_case_calls
    if chosen is How.ANSWER:
        calls = count_calls(len(test), iterations, judgements)
    else:
        calls = len(test) * settings.repeats * (1 + judgements)
    if dry_run:
        get_output().print(f"At most {calls:,} calls", markup=False)
        return
    if not yes and costs_money(job.engines):
        confirm(f"This takes up to {calls:,} calls to models that cost money. Go on?")
    if chosen is How.MEASURE:
        measure(job, test, as_json=as_json, verbose=verbose)
        return
    temperature = None if gathered.places["temperature"] == DEFAULT else settings.temperature
    run_votes(job, loaded, test, iterations=iterations, temperature=temperature, as_json=as_json)


def _load(task: Task, tasks: Path | None, path: Path | None, seed: int) -> LoadedTask:
    """Return a task with its data; what is to be known of them is printed."""
    metric = None
    if task.aim == "program":
        from textgrad_lite.domains.code import PassesTests

        metric = PassesTests()
    loaded = load_task(task.name, path=path, seed=seed, tasks_file=tasks, metric=metric)
    for note in loaded.notes:
        warn(note)
    return loaded


def _write(loaded: LoadedTask, folder: Path, limit: int | None) -> WrittenTask:
    code = _RUN_TESTS if loaded.task.aim == "program" else None
    return write_task(loaded, folder, limit=limit, metric_code=code)
