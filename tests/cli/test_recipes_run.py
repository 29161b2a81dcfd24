"""Every shipped recipe is run, as it stands but for its models, on a simulated task."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from textgrad_lite.engines import StackOptions, stack
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training.events import Event, RunStarted
from textgrad_lite_cli.engine_choice import Engines
from textgrad_lite_cli.gathering import gather
from textgrad_lite_cli.job import Job
from textgrad_lite_cli.recipes import find_recipe, list_recipes, read_recipe

NAMES = {
    "textgrad",
    "greedy",
    "beam",
    "pareto",
    "opro",
    "evolutionary",
    "demonstrations",
    "momentum",
    "local",
    "cheap",
    "thorough",
}
_MOST_STEPS = 4


def make_job(name: str, task: SimulatedTask, folder: Path) -> Job:
    """The job of a recipe on files that hold the task."""
    (folder / "prompt.txt").write_text(task.prompt)
    lines = [example.model_dump_json(include={"id", "input", "target"}) for example in task.dataset(60)]
    (folder / "items.jsonl").write_text("\n".join(lines))
    settings = gather({}, environment={}, file=read_recipe(find_recipe(name))).settings
    # Without a look at the headroom, which would draw from the recipe's own model.
    settings = settings.model_copy(update={"steps": min(_MOST_STEPS, settings.steps), "headroom": 0})
    job = Job(folder / "prompt.txt", folder / "items.jsonl", settings)
    # A recipe that limits money has to say how long an answer may be.
    sampling = {"max_tokens": settings.max_output_tokens} if settings.max_output_tokens else {}
    engine = stack(task.engine, StackOptions(cache="off", sampling=sampling))
    job.__dict__["engines"] = Engines(engine, engine)
    return job


def test_there_is_a_recipe_for_every_way_to_search() -> None:
    assert set(list_recipes()) >= NAMES


@pytest.mark.parametrize("name", sorted(list_recipes()))
def test_a_recipe_runs_to_its_verdict(name: str, tmp_path: Path) -> None:
    task = SimulatedTask(4, insight=1.0, luck=0.2)
    job = make_job(name, task, tmp_path)
    splits = job.splits
    result = job.make_trainer().fit(splits.train, splits.val, splits.test)
    assert result.stop_reason in ("steps", "perfect", "budget")
    assert result.verdict is not None
    assert task.expectation(result.best_text) >= task.expectation(task.prompt)


def test_the_textgrad_recipe_rewrites_from_criticism_alone(tmp_path: Path) -> None:
    job = make_job("textgrad", SimulatedTask(4), tmp_path)
    splits = job.splits
    result = job.make_trainer().fit(splits.train, splits.val, splits.test)
    assert set(result.sources) == {"gradients"}


def test_the_settings_of_a_search_reach_it(tmp_path: Path) -> None:
    task = SimulatedTask(4, noise=0.2)
    job = make_job("default", task, tmp_path)
    settings = job.settings.model_copy(
        update={
            "patience": 2,
            "min_gain": 0.02,
            "target": 0.9,
            "accumulate": 2,
            "protect": 0.5,
            "edit_size": "adaptive",
            "repeats": 2,
            "headroom": 0,
            "steps": 1,
        }
    )
    changed = Job(job.prompt_file, job.data_file, settings)
    changed.__dict__["engines"] = job.engines
    seen: list[Event] = []
    trainer = changed.make_trainer(callbacks=[seen.append])  # type: ignore[list-item]
    trainer.fit(changed.splits.train, changed.splits.val, changed.splits.test)
    (fingerprint,) = (event.fingerprint for event in seen if isinstance(event, RunStarted))
    told = fingerprint.settings
    assert (told["accumulate"], told["protected"], told["repeats"]) == ("2", "0.5", "2")
    assert "least=0.1" in told["edit_size"]
    kinds = [each["kind"] for each in json.loads(told["stop"])["conditions"]]
    assert kinds == ["perfect", "requested", "steps", "patience", "target", "no_improvement"]
