"""The script behind `make demo`, with a stand-in for the program: which commands it gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from textgrad_lite_cli.gathering import gather
from textgrad_lite_cli.settings import Settings

ROOT = Path(__file__).parents[2]
STAND_IN = f"""#!{sys.executable}
import json, pathlib, sys
pathlib.Path("calls.jsonl").open("a").write(json.dumps(sys.argv[1:]) + "\\n")
"""


def run_demo(place: Path, **variables: str) -> list[list[str]]:
    """Run the script in ``place`` and return the commands that it gave."""
    program = place / "textgrad-lite"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    path = f"{place}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = ROOT / "examples" / "demo.sh"
    subprocess.run(["sh", script], cwd=place, env={**os.environ, "PATH": path, **variables}, check=True)
    return [json.loads(line) for line in (place / "calls.jsonl").read_text().splitlines()]


def test_the_model_is_pulled_before_the_prompt_is_optimised(tmp_path: Path) -> None:
    pull, optimize = run_demo(tmp_path)
    assert pull == ["models", "pull", "qwen2.5-coder-1.5b"]
    assert optimize[0] == "optimize"
    assert Path(optimize[1]).read_text() == "Answer with a number only.\n"
    assert optimize[optimize.index("--model") + 1] == "local/qwen2.5-coder-1.5b"
    assert "--yes" in optimize


def test_there_are_items_enough_for_the_three_parts(tmp_path: Path) -> None:
    run_demo(tmp_path)
    items = [json.loads(line) for line in (tmp_path / ".demo" / "items.jsonl").read_text().splitlines()]
    settings = demo_settings()
    assert len(items) >= settings.train + settings.val + settings.test
    assert set(items[0]) == {"input", "target"}


def test_other_items_and_another_model_can_be_named(tmp_path: Path) -> None:
    mine = tmp_path / "mine.jsonl"
    mine.touch()
    pull, optimize = run_demo(tmp_path, DATA=str(mine), MODEL="smollm2-135m")
    assert pull[-1] == "smollm2-135m"
    assert optimize[optimize.index("--data") + 1] == str(mine)
    assert not (tmp_path / ".demo" / "items.jsonl").exists()


def test_it_has_a_time_limit() -> None:
    assert demo_settings().max_seconds is not None


def demo_settings() -> Settings:
    path = ROOT / "examples" / "object_counting" / "demo.yaml"
    return gather({}, environment={}, file=yaml.safe_load(path.read_text()), file_name=str(path)).settings


@pytest.mark.parametrize("script", ["examples/demo.sh", ".ci/run"])
def test_scripts_are_well_formed(script: str) -> None:
    shell = "bash" if (ROOT / script).read_text().startswith("#!/usr/bin/env bash") else "sh"
    subprocess.run([shell, "-n", ROOT / script], check=True)
