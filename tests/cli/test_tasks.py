"""`textgrad-lite tasks`: named problems are listed, shown, written and worked on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import END, START, Call
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.metrics import get_metric
from textgrad_lite.tasks import load_task
from textgrad_lite.tasks.writing import write_task

MODEL = f'''"""A student that counts only when told how, and a critic that knows; one that doubts answers."""

import re


def count(text):
    if "use your fingers" not in text.lower():
        return "Answer: 0"
    asked = text.rsplit("\\n", 1)[-1]
    numbers = {{"two": 2, "three": 3, "four": 4, "five": 5}}
    found = re.findall("(?:a|an|two|three|four|five) ", asked)
    return f"Answer: {{sum(numbers.get(word.strip(), 1) for word in found)}}"


def improve(text):
    if "{START}" in text:
        return "{START}\\nUse your fingers.\\n{END}"
    return "It should use its fingers."


def guess(text):
    return "Answer: (A)"


def mend(text):
    if "{START}" in text:
        return "{START}\\nAnswer: (B)\\n{END}"
    return "Is it not B?"


def solve(text):
    return "```python\\ndef f():\\n    return 1\\n```"
'''

ITEMS = [
    {"input": f"{k} and {k}?\\nOptions:\\n(A) {k}\\n(B) {2 * k}", "target": "(B)", "split": split}
    for k, split in enumerate(["train"] * 3 + ["val"] * 3 + ["test"] * 8, start=1)
]


@pytest.fixture(autouse=True)
def tasks_file(tmp_path: Path) -> Path:
    """A file of one task, with its items, beside a model."""
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    path = tmp_path / "tasks.yaml"
    described = {"prompt": "Choose.", "data": "mine.jsonl", "metric": "choice", "split_field": "split"}
    path.write_text(yaml.safe_dump({"tasks": {"doubling": described}}))
    return path


def test_all_tasks_are_listed(call: Call) -> None:
    names = [task["name"] for task in json.loads(call("tasks", "list", "--json").stdout)]
    assert {"object_counting", "gsm8k", "gpqa_diamond", "mmlu_virology", "humaneval", "mathvista"} < set(
        names
    )
    assert sum(name.startswith("bbh_") for name in names) == 27
    assert "doubling" not in names
    mine = call("tasks", "list", "--tasks", "tasks.yaml").stdout
    assert "doubling" in mine
    assert "bbh_snarks" in mine


def test_a_task_is_shown_without_fetching_anything(call: Call) -> None:
    shown = call("tasks", "show", "BBH_word_sorting").stdout
    assert "github.com/suzgunmirac/BIG-Bench-Hard, MIT" in shown
    assert "Metric: words" in shown
    assert "Answer: $VALUE" in shown
    assert "--path to gpqa_diamond.csv" in call("tasks", "show", "gpqa_diamond").stdout


def test_examples_are_shown_when_they_are_asked_for(call: Call) -> None:
    shown = call("tasks", "show", "object_counting", "--examples", "2", "--seed", "3").stdout
    assert "50 train, 100 val, 100 test" in shown
    assert shown.count("How many") == 2
    data = json.loads(call("tasks", "show", "object_counting", "--examples", "1", "--json").stdout)
    assert data["sizes"] == {"train": 50, "val": 100, "test": 100}
    assert data["examples"][0]["target"].isdigit()


def test_an_unknown_task_is_named(call: Call) -> None:
    result = call("tasks", "show", "bbh_snark")
    assert result.exit_code == 2
    assert "Did you mean 'bbh_snarks'?" in result.stderr


def test_a_gated_task_says_where_to_ask(call: Call) -> None:
    result = call("tasks", "run", "gpqa_diamond", "--model", "python:model.py:guess")
    assert result.exit_code == 2
    assert "--path" in result.stderr


def test_a_written_task_is_what_optimize_takes(call: Call, tmp_path: Path) -> None:
    written = call("tasks", "write", "object_counting", "task", "--limit", "4")
    assert written.exit_code == 0
    command = written.stdout.split()[1:]
    rows = [json.loads(line) for line in (tmp_path / "task" / "items.jsonl").read_text().splitlines()]
    assert [row["split"] for row in rows] == ["train"] * 4 + ["val"] * 4 + ["test"] * 4
    assert yaml.safe_load((tmp_path / "task" / "config.yaml").read_text()) == {
        "metric": "numeric",
        "split_field": "split",
    }
    result = call(*command, "--model", "python:model.py:count", "--dry-run")
    assert result.exit_code == 0, result.stderr


def test_a_prompt_is_optimised_on_the_parts_of_the_task(call: Call, tmp_path: Path) -> None:
    models = ("--model", "python:model.py:count", "--optimizer-model", "python:model.py:improve")
    result = call(
        "tasks", "run", "object_counting", "--limit", "12", "--steps", "1", *models, "--out", "run", "--json"
    )
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["test_before"]["n"] == 12
    assert found["is_better"]
    assert (tmp_path / "run" / "best.txt").read_text().startswith("Use your fingers.")
    assert (tmp_path / "run" / "task" / "prompt.txt").exists()
    again = call("resume", "run", "--json")
    assert json.loads(again.stdout)["best_text"] == found["best_text"]


def test_a_search_can_be_estimated(call: Call) -> None:
    result = call(
        "tasks", "run", "object_counting", "--limit", "4", "--model", "python:model.py:count", "--dry-run"
    )
    assert "baseline" in result.stdout


def test_answers_are_put_to_the_vote(call: Call) -> None:
    command = (
        *("tasks", "run", "doubling", "--tasks", "tasks.yaml", "--how", "answer", "--iterations", "2"),
        *("--model", "python:model.py:guess", "--optimizer-model", "python:model.py:mend"),
    )
    found = json.loads(call(*command, "--json").stdout)
    assert found["n_votes"] == 3
    assert (found["first"]["mean"], found["samples"]["mean"], found["iterates"]["mean"]) == (0.0, 0.0, 1.0)
    assert found["questions"][0]["iterates"]["counts"] == {"A": 1, "B": 2}
    printed = call(*command, "--limit", "2", "--temperature", "0.2").stdout
    assert "vote over 3 refined versions" in printed
    assert "the difference may be chance" in printed


def test_the_starting_prompt_can_only_be_measured(call: Call) -> None:
    command = ("tasks", "run", "doubling", "--tasks", "tasks.yaml", "--how", "measure", "--limit", "5")
    result = call(*command, "--model", "python:model.py:guess")
    assert result.exit_code == 0, result.stderr
    assert "0.0% (n = 5" in result.stdout
    assert "At most 5 calls" in call(*command, "--model", "python:model.py:guess", "--dry-run").stdout
    twice = (*command, "--model", "python:model.py:guess", "--dry-run", "--repeats", "2")
    assert "At most 10 calls" in call(*twice).stdout
    voting = (*command[:6], "answer", "--limit", "5", "--model", "python:model.py:guess", "--dry-run")
    assert "At most 80 calls" in call(*voting).stdout


def test_nothing_is_left_by_an_estimate(call: Call, tmp_path: Path) -> None:
    for how in ("prompt", "answer"):
        result = call(
            *("tasks", "run", "doubling", "--tasks", "tasks.yaml", "--how", how, "--dry-run"),
            *("--model", "python:model.py:guess"),
        )
        assert result.exit_code == 0, result.stderr
    assert not (tmp_path / "runs").exists()


def test_models_with_a_price_are_asked_about(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("textgrad_lite_cli.tasks.confirm", asked.append)
    command = ("tasks", "run", "doubling", "--tasks", "tasks.yaml", "--how", "measure")
    priced = ("--model", "python:model.py:guess", "--price", "1/1")
    for more, n_questions in ((priced, 1), ((*priced, "--yes"), 0), (priced[:2], 0)):
        asked.clear()
        assert call(*command, *more).exit_code == 0
        assert len(asked) == n_questions


def test_a_task_without_a_metric_needs_code_for_one(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(
        json.dumps({"task_id": "a", "prompt": "def f():", "test": ["assert f()"]})
    )
    task = load_task("leetcode_hard", path=tmp_path / "p.jsonl", metric=lambda output: "def" in output)
    with pytest.raises(ConfigurationError, match="no metric that could be written"):
        write_task(task, tmp_path / "task")
    written = write_task(task, tmp_path / "task", metric_code="def metric(output):\n    return True\n")
    assert get_metric(written.settings["metric"]).name == "metric.py:metric"


def test_programs_are_run_by_the_tests_of_their_problem(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textgrad_lite.domains import code

    monkeypatch.setattr(code, "PassesTests", lambda: get_metric("regex:return"))
    row = {"task_id": "a", "prompt": "def f():", "test": ["assert f() == 1"], "entry_point": "f"}
    (tmp_path / "p.jsonl").write_text(json.dumps(row))
    result = call(
        "tasks",
        "run",
        "leetcode_hard",
        "--path",
        "p.jsonl",
        "--model",
        "python:model.py:solve",
        "--out",
        "run",
    )
    assert result.exit_code == 0, result.stderr
    assert "100.0% (n = 1" in result.stdout
    assert "PassesTests()" in (tmp_path / "run" / "task" / "metric.py").read_text()
