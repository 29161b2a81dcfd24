"""The examples do what their first lines say; as programs, with the real sandbox."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.domains.code.doubles import HereSandbox

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "code"


def load(name: str) -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))


def test_a_function_is_mended_until_hidden_tests_pass(
    here: HereSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    example = load("solve")
    solution = example["solve"](example["simulated_programmer"](), here)
    assert [iterate.report.n_passed for iterate in solution.iterates] == [0, 1, 2]
    assert "hidden tests: 2 -> 4 of 4" in capsys.readouterr().out


def test_a_slow_program_becomes_fast_and_stays_right(here: HereSandbox) -> None:
    example = load("faster")
    engine = example["simulated_programmer"]()
    versions = example["speed_up"](engine, here, largest=400, steps=1)
    assert versions[-1].is_kept
    assert versions[-1].program == example["FAST"]
    assert versions[-1].measured.speedup > 5
    assert "bisect_right" in engine.asked("optimizer")[-1]  # the hasty one was sent back


def run(script: Path, *arguments: str) -> str:
    words = [sys.executable, str(script), *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT).stdout


@pytest.mark.extra
def test_the_first_runs_with_the_real_sandbox() -> None:
    said = run(EXAMPLES / "solve.py")
    assert said.startswith("programmer: SIMULATED; tests: ")
    assert "hidden tests: 2 -> 4 of 4" in said


@pytest.mark.extra
def test_the_second_runs_with_the_real_sandbox() -> None:
    said = run(EXAMPLES / "faster.py")
    assert "n^" in said
    assert "bisect_left" in said


@pytest.mark.extra
def test_the_benchmark_runs_with_the_real_sandbox() -> None:
    search = ("--search-only", "--problems", "2", "--steps", "1", "--draws", "2")
    said = run(ROOT / "benchmarks" / "programs.py", *search)
    assert said.startswith("programmer: SIMULATED\n")
    assert "hidden tests pass: " in said
