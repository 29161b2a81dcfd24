"""What a run leaves for others: its page, and its prompt in their formats."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import HOPELESS_JOB, JOB, Call
from tests.cli.processes import PATIENCE, start_and_hang
from textgrad_lite.report import FORMATS


@pytest.fixture
def run(call: Call, place: Path) -> Path:
    """The folder of a finished run that found a better prompt."""
    call(*JOB, "--out", "run")
    return place / "run"


def test_a_finished_run_has_its_page(call: Call, place: Path) -> None:
    result = call(*JOB, "--out", "run")
    assert f"Page:   {Path('run/report.html')}" in result.stdout
    page = (place / "run" / "report.html").read_text()
    assert "· finished" in page
    assert "Use your fingers." in page


def test_an_interrupted_run_has_its_page(place: Path) -> None:
    process = start_and_hang([*JOB, "--out", "run"], place)
    process.send_signal(2)
    process.communicate(timeout=PATIENCE)
    page = (place / "run" / "report.html").read_text()
    assert "· interrupted" in page
    assert "was interrupted and can be resumed" in page


def test_a_page_that_cannot_be_written_costs_no_result(call: Call, place: Path) -> None:
    (place / "run").mkdir()
    (place / "run" / "report.html").mkdir()
    result = call(*JOB, "--out", "run")
    assert result.exit_code == 0
    assert "the page of the run was not written" in result.stderr
    assert "Verdict: better" in result.stdout


def test_the_page_can_be_written_again_and_elsewhere(call: Call, run: Path, place: Path) -> None:
    (run / "report.html").unlink()
    assert call("report", "run").stdout == f"Page: {Path('run/report.html')}\n"
    call("report", "run", "--out", "page.html")
    assert (place / "page.html").read_text() == (run / "report.html").read_text()


def test_a_folder_without_a_run_has_no_page(call: Call, tmp_path: Path) -> None:
    result = call("report", tmp_path)
    assert result.exit_code == 2
    assert "holds no run" in result.stderr


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_printed_and_written(name: str, call: Call, run: Path, place: Path) -> None:
    printed = call("export", "run", "--format", name)
    assert printed.exit_code == 0
    assert "Use your fingers." in printed.stdout
    call("export", "run", "-f", name, "--out", "exported")
    assert (place / "exported").read_text() == printed.stdout


def test_the_bare_text_is_the_default(call: Call, run: Path) -> None:
    assert call("export", "run").stdout == (run / "best.txt").read_text()


def test_test_examples_go_along(call: Call, run: Path) -> None:
    told = yaml.safe_load(call("export", "run", "-f", "promptfoo", "--tests", "3").stdout)
    assert len(told["tests"]) == 3
    assert all(test["vars"]["input"].startswith("Add:") for test in told["tests"])
    assert "tests" not in yaml.safe_load(call("export", "run", "-f", "prompt.yml", "--tests", "0").stdout)


def test_where_the_data_is_gone_the_prompt_is_exported_alone(call: Call, run: Path, place: Path) -> None:
    (place / "items.jsonl").unlink()
    result = call("export", "run", "-f", "promptfoo", "--name", "adder")
    assert result.exit_code == 0
    assert "no test examples go along" in result.stderr
    told = yaml.safe_load(result.stdout)
    assert (told["tests"], told["prompts"][0]["label"]) == ([], "adder")


def test_examples_of_data_that_were_changed_do_not_go_along(call: Call, run: Path, place: Path) -> None:
    data = place / "items.jsonl"
    lines = data.read_text().splitlines(keepends=True)
    data.write_text("".join(lines[1:]))
    result = call("export", "run", "-f", "promptfoo")
    assert "the data have been changed since the run" in result.stderr
    assert yaml.safe_load(result.stdout)["tests"] == []


def test_an_unknown_format_is_answered_with_the_nearest(call: Call, run: Path) -> None:
    result = call("export", "run", "--format", "promptfo")
    assert result.exit_code == 2
    assert "Did you mean 'promptfoo'?" in result.stderr


def test_the_original_is_exported_where_it_was_kept(call: Call, place: Path) -> None:
    call(*HOPELESS_JOB, "--out", "hopeless")
    module = ast.parse(call("export", "hopeless", "-f", "python").stdout)
    assert "Answer with a number only.\\n" in ast.unparse(module)
    assert (
        json.loads(call("export", "hopeless", "-f", "json").stdout)["verdict"]["outcome"] == "nothing-found"
    )
