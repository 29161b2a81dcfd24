"""The benchmark of strategies runs: on simulated tasks, and on files with an engine that follows a script."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from textgrad_lite.testing import ScriptedEngine


@pytest.fixture(scope="module")
def search() -> Any:
    """The script as a module."""
    path = Path(__file__).parents[1] / "benchmarks" / "search.py"
    spec = importlib.util.spec_from_file_location("search_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_it_prints_a_table_and_writes_the_curves(
    search: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "curves.json"
    arguments = ["--seeds", "2", "--calls", "120", "--arms", "tgd-revert", "greedy", "--json", str(path)]
    monkeypatch.setattr(sys, "argv", ["search.py", *arguments])
    search.main()
    printed = capsys.readouterr().out
    for kind in (*search.KINDS, "all kinds"):
        assert f"{kind}: start 0.100" in printed
    curves = json.loads(path.read_text())
    assert len(curves) == 2 * 2 * len(search.KINDS)
    assert all(curve["calls"] <= 120 for curve in curves)


def test_a_curve_counts_how_early_and_how_high(search: Any) -> None:
    curve = search.Curve("kind", "arm", 0, ((0, 0.2), (50, 0.6), (75, 1.0)), 100)
    assert [curve.score_at(calls) for calls in (0, 49, 50, 100)] == [0.2, 0.2, 0.6, 1.0]
    assert curve.mean_gain(100) == pytest.approx(0.25 * 0.4 + 0.25 * 0.8)


def answer(request: Any) -> str:
    """Adds two numbers where the prompt says to use the fingers, and finds out that it should."""
    text = "\n".join(message.text for message in request.messages)
    if request.purpose == "forward":
        numbers = [int(word) for word in text.split() if word.isdigit()]
        return f"Answer: {sum(numbers) if 'fingers' in text else 0}"
    is_critic = request.purpose == "backward"
    return "The text should ask for fingers." if is_critic else "<new_text>Use fingers.</new_text>"


@pytest.mark.parametrize("arm", ["tgd-revert", "halving", "pareto"])
def test_real_data_are_scored_on_test_items_outside_the_search(search: Any, tmp_path: Path, arm: str) -> None:
    for number, split in enumerate(("train", "val", "test")):
        rows = [{"input": f"{10 * number} {item}", "target": str(10 * number + item)} for item in range(1, 9)]
        (tmp_path / f"{split}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    arguments = argparse.Namespace(
        local=tmp_path, items=(8, 4, 5), metric="numeric", prompt="Add.", model="none", out=tmp_path / "out"
    )
    engine = ScriptedEngine().on(answer)
    curve = search.run(search.real(arguments, engine), arm, 0, 100)
    assert curve.steps[0] == (0, 0.0)
    assert curve.steps[-1][1] == 1.0
    assert curve.calls <= 100
