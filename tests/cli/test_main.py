"""The program as a whole: version, help, names of commands, and how fast it starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from textgrad_lite import _version
from textgrad_lite_cli.main import Commands


def test_version(call: Call) -> None:
    result = call("--version")
    assert result.stdout == f"textgrad-lite {_version.__version__}\n"
    assert result.exit_code == 0


def test_version_imports_no_more_than_it_needs() -> None:
    program = (
        "import sys; from textgrad_lite_cli.main import app\n"
        "try: app(['--version'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pydantic', 'rich', 'yaml', 'openai', 'textgrad_lite.training'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[1] == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_lists_every_command(arguments: list[str], call: Call) -> None:
    result = call(*arguments)
    for name in Commands.modules:
        assert f" {name} " in result.output


@pytest.mark.parametrize(
    "command", [[], *([name] for name in Commands.modules), ["models", "pull"], ["cache", "prune"]]
)
def test_help_fits_80_columns(command: list[str], call: Call) -> None:
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert "…" not in result.stdout


def test_a_misspelt_command_is_answered_with_the_nearest(call: Call) -> None:
    result = call("optimise")
    assert result.exit_code == 2
    assert "Did you mean 'optimize'?" in result.stderr


def test_a_misspelt_option_is_answered_with_the_nearest(call: Call, tmp_path: Path) -> None:
    result = call("optimize", "prompt.txt", "--data", "items.jsonl", "--stepz", "3")
    assert result.exit_code == 2
    assert "--steps" in result.stderr
