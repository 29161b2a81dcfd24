"""The example runs with real docking and the simulated chemist, and writes what it says."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path

import pytest

pytestmark = [pytest.mark.extra, pytest.mark.timeout(900)]

EXAMPLE = Path(__file__).parents[3] / "examples" / "molecules" / "optimise.py"


def test_the_example_docks_and_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = util.spec_from_file_location("optimise", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run = tmp_path / "run"
    options = ["--trials", "1", "--start", "CCO", "--cache-dir", str(tmp_path / "cache"), "--out", str(run)]
    monkeypatch.setattr(sys, "argv", ["optimise.py", *options])
    module.main()
    said = capsys.readouterr().out
    assert "2 dockings were computed" in said
    assert "kcal/mol" in said
    assert len((run / "trajectory.jsonl").read_text().splitlines()) == 2
    assert (run / "figures" / "001-molecules.svg").exists()
    assert "PPARA" in (run / "report.html").read_text()
