"""The rooms of the house: who may import whom is part of the design, so it is tested like behaviour."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = (sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")


def lint(place: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts in a process of its own, because import-linter turns other loggers off."""
    return subprocess.run([*LINT, "--no-cache"], cwd=place, capture_output=True, text=True, check=False)


def test_each_room_knows_only_those_below_it() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "file, line, contract",
    [
        ("graph/extra.py", "from textgrad_lite import engines", "Each room knows only those below it"),
        ("data/extra.py", "from textgrad_lite import training", "Each room knows only those below it"),
        ("extra.py", "import textgrad_lite_cli", "The library does not know the command line"),
    ],
)
def test_a_wrong_import_would_be_noticed(file: str, line: str, contract: str, tmp_path: Path) -> None:
    for package in (
        *(f"textgrad_lite/{room}" for room in ("graph", "engines", "data", "training")),
        "textgrad_lite_cli",
    ):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
    for module in ("__init__", "_version", "errors"):
        (tmp_path / "textgrad_lite" / f"{module}.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    assert lint(tmp_path).returncode == 0
    (tmp_path / "textgrad_lite" / file).write_text(f"{line}\n")
    result = lint(tmp_path)
    assert result.returncode == 1
    assert f"{contract} BROKEN" in " ".join(result.stdout.split())
