"""The pytest plugin, in a project of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import textgrad_lite

PROJECT = """
import socket
import pytest
from textgrad_lite.errors import RealRequestError
from textgrad_lite.testing import LoopbackServer, ScriptedEngine


def test_scripted_engine(scripted_engine):
    assert isinstance(scripted_engine, ScriptedEngine)
    assert scripted_engine.say("hi").generate("?") == "hi"


def test_loopback_server(loopback_server):
    assert isinstance(loopback_server, LoopbackServer)
    assert loopback_server.url.startswith("http://127.0.0.1:")


def test_no_real_requests(no_real_requests):
    with pytest.raises(RealRequestError):
        socket.getaddrinfo("example.org", 443)
"""


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    root = Path(textgrad_lite.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_fixtures_work_for_others(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(PROJECT)

    result = run("-m", "pytest", "-q", "-p", "textgrad_lite.testing.plugin", "-W", "error", cwd=tmp_path)

    assert "3 passed" in result.stdout, result.stdout + result.stderr


def test_plugin_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys, pytest; before = set(sys.modules); import textgrad_lite.testing.plugin;"
        "print(*(set(sys.modules) - before))"
    )

    imported = run("-c", program, cwd=tmp_path).stdout.split()

    assert "textgrad_lite.testing.plugin" in imported
    assert all(name.startswith("textgrad_lite") for name in imported)
    assert not any("engines" in name for name in imported)
