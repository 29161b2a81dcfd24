"""Tests of textgrad_lite.tasks.registry and config_file: tasks by name, of one's own, from folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import textgrad_lite as tg
from tests.tasks.conftest import jsonl
from textgrad_lite.data import Dataset
from textgrad_lite.errors import ConfigurationError, DataError, UnknownNameError
from textgrad_lite.tasks import Parts, Task, find_task, list_tasks, load_task, register_task, registry
from textgrad_lite.testing import ScriptedEngine


def items(n: int, **more: object) -> bytes:
    return jsonl([{"question": f"q{k}", "answer": str(k), **more} for k in range(n)])


def make_task(name: str) -> Task:
    dataset = Dataset.from_rows([("a", "b")])
    return Task(name=name, title="Mine", prompt="p", metric="exact", read=lambda _: Parts(dataset))


@pytest.fixture
def _no_registered_task_stays() -> Iterator[None]:
    yield
    registry._registered.clear()


def test_names_of_textgrad_and_other_spellings_will_do() -> None:
    for name in ("BBH_object_counting", "bbh/object-counting", " bbh_Object_Counting"):
        assert find_task(name).name == "bbh_object_counting"
    assert find_task("GSM8K_DSPy").name == "gsm8k"
    assert find_task("LeetCodeHardEval").name == "leetcode_hard"


def test_every_task_has_a_name_of_its_own_and_says_what_it_is() -> None:
    tasks = list_tasks()
    names = [name for task in tasks for name in (task.name, *task.aliases)]
    assert len(set(names)) == len(names)
    for task in tasks:
        assert task.title
        assert task.prompt
        assert task.origin
        assert task.metric or "metric" in task.needs


def test_an_unknown_task_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'bbh_word_sorting'"):
        load_task("bbh_word_sortng")


def test_the_top_level_name_is_the_same() -> None:
    assert tg.load_task is load_task


@pytest.mark.parametrize("name", ["object_counting", "word_sorting"])
def test_made_up_tasks_need_no_file(name: str) -> None:
    task = load_task(name, seed=3)
    assert [len(part) for part in (task.train, task.val, task.test)] == [50, 100, 100]
    assert task.notes == ()
    assert [e.input for e in task.test] == [e.input for e in load_task(name, seed=3).test]
    assert [e.input for e in task.test] != [e.input for e in load_task(name, seed=4).test]


@pytest.mark.usefixtures("_no_registered_task_stays")
def test_a_task_can_be_registered_once() -> None:
    register_task(make_task("mine"))
    assert load_task("Mine").test[0].input == "a"
    for name in ("mine", "bbh-snarks"):
        with pytest.raises(ConfigurationError, match="already"):
            register_task(make_task(name))


def test_a_folder_may_hold_a_file_for_each_part(tmp_path: Path) -> None:
    for number, part in enumerate(("train", "val", "test")):
        (tmp_path / f"{part}.jsonl").write_bytes(
            jsonl([{"input": f"{part}{k}", "target": "1"} for k in range(2 + number)])
        )
    task = load_task("gsm8k", path=tmp_path)
    assert [len(part) for part in (task.train, task.val, task.test)] == [2, 3, 4]
    assert task.train[0].id == "train-1"
    assert "not compared with any" in task.notes[0]


def test_another_metric_can_be_given() -> None:
    assert load_task("object_counting", metric="exact").metric.name == "exact"
    engine = ScriptedEngine()
    with pytest.raises(ConfigurationError, match="needs an engine"):
        load_task("object_counting", metric="judge:rubric.txt")
    with pytest.raises(ConfigurationError, match=r"rubric\.txt cannot be read"):
        load_task("object_counting", engine, metric="judge:rubric.txt")


def test_an_evaluation_api_that_is_not_needed_is_not_opened() -> None:
    assert load_task("object_counting", "gpt-4o").metric.name == "numeric"


# ── tasks of a file ─────────────────────────────────────────────────────────────────────────────────────

TASKS = """
tasks:
  counting:
    title: Mine
    prompt_file: prompt.txt
    data: items.jsonl
    metric: numeric
    train: 4
    val: 4
    test: 8
  filled:
    prompt: "{passage} {input}"
    data: items.jsonl
    rename: {context: passage}
    stratify: kind
    metric: python:mine.py:score
  marked:
    prompt: "Answer."
    data: items.jsonl
    split_field: part
"""


@pytest.fixture
def tasks_file(tmp_path: Path) -> Path:
    (tmp_path / "prompt.txt").write_text("Count.\n")
    (tmp_path / "mine.py").write_text("def score(output, target):\n    return output == target\n")
    rows = [
        {"question": f"q{k}", "answer": str(k), "context": "c", "kind": "ab"[k % 2], "part": part}
        for k, part in enumerate(["train"] * 5 + ["val"] * 5 + ["test"] * 10)
    ]
    (tmp_path / "items.jsonl").write_bytes(jsonl(rows))
    path = tmp_path / "tasks.yaml"
    path.write_text(TASKS)
    return path


def test_a_task_can_be_described_in_a_file(tasks_file: Path) -> None:
    task = load_task("counting", tasks_file=tasks_file)
    assert (task.prompt, task.metric.name) == ("Count.\n", "numeric")
    assert [len(part) for part in (task.train, task.val, task.test)] == [4, 4, 8]
    assert [task.name for task in list_tasks(tasks_file)][:3] == ["counting", "filled", "marked"]


def test_columns_are_renamed_and_classes_spread(tasks_file: Path) -> None:
    task = load_task("filled", tasks_file=tasks_file)
    assert task.test[0].fields["passage"] == "c"
    assert task.metric.name == "mine.py:score"
    assert sorted(example.fields["kind"] for example in task.val) == ["a", "a", "b", "b"]


def test_parts_may_be_marked_in_the_data(tasks_file: Path) -> None:
    task = load_task("marked", tasks_file=tasks_file)
    assert [len(part) for part in (task.train, task.val, task.test)] == [5, 5, 10]


@pytest.mark.parametrize(
    "text, error, message",
    [
        ("tasks: {a: {prompt: x, data: y, metrik: z}}", UnknownNameError, "Did you mean 'metric'"),
        ("tasks: {a: {prompt: x}}", ConfigurationError, "'a': data: Field required"),
        ("tasks: {a: {data: y}}", ConfigurationError, "either a prompt or a prompt_file"),
        ("tasks: {a: {data: y, prompt: x, prompt_file: z}}", ConfigurationError, "either a prompt"),
        (
            "tasks: {a: {data: y, prompt_file: z}}",
            ConfigurationError,
            "prompt of the task 'a' cannot be read",
        ),
        ("tasks: {a: 3}", ConfigurationError, "no mapping"),
        ("tasks: []", ConfigurationError, "describes no tasks"),
        ("[", ConfigurationError, "is no YAML"),
    ],
)
def test_a_file_that_describes_no_task(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    path = tmp_path / "tasks.yaml"
    path.write_text(text)
    with pytest.raises(error, match=message):
        list_tasks(path)


def test_a_file_of_tasks_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        list_tasks(tmp_path / "none.yaml")


def test_a_described_task_needs_a_test_part(tasks_file: Path) -> None:
    tasks_file.write_text("tasks: {a: {prompt: x, data: items.jsonl, test: 0, train: 0.5, val: 0.5}}")
    with pytest.raises(ConfigurationError, match="needs a test part"):
        load_task("a", tasks_file=tasks_file)


def test_bad_data_of_a_described_task_is_named(tasks_file: Path) -> None:
    tasks_file.write_text('tasks: {a: {prompt: "{nothing}", data: items.jsonl}}')
    with pytest.raises(DataError, match=r"placeholder \{nothing\}"):
        load_task("a", tasks_file=tasks_file)
