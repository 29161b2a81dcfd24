"""The program as a process: interrupts, kills, pipes that close, terminals."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import FEW, JOB, Call
from tests.cli.processes import PATIENCE, PROGRAM, start, start_and_hang

OUT = ("--out", "run")


def read_events(call: Call, run: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(call("show", run, "--json").stdout)["events"]
    return events


def test_ctrl_c_ends_with_130_and_tells_how_to_continue(place: Path, call: Call) -> None:
    process = start_and_hang([*JOB, *OUT], place)
    process.send_signal(signal.SIGINT)
    shown = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130
    assert "Continue with: textgrad-lite resume run" in shown
    assert "Traceback" not in shown
    assert json.loads(call("show", "run", "--json").stdout)["status"] == "interrupted"


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_broken_off_run_can_be_read_and_ends_as_it_would_have(
    blow: signal.Signals, place: Path, call: Call
) -> None:
    process = start_and_hang([*JOB, *OUT], place)
    process.send_signal(blow)
    process.communicate(timeout=PATIENCE)
    shown = call("show", "run")
    assert shown.exit_code == 0
    assert "interrupted" in shown.stdout
    assert "The prompt as it is, on validation" in shown.stdout
    finished = call("resume", "run")
    assert finished.exit_code == 0, finished.stderr
    assert "Verdict: better" in finished.stdout
    call(*JOB, "--out", "whole")
    assert read_events(call, "run") == read_events(call, "whole")
    assert (place / "run" / "best.txt").read_bytes() == (place / "whole" / "best.txt").read_bytes()


def test_while_it_runs_no_other_process_may(place: Path, call: Call) -> None:
    process = start_and_hang([*JOB, *OUT], place)
    try:
        assert "running" in call("show", "run").stdout
        refused = call("resume", "run")
        assert refused.exit_code == 2
        assert "another process is working in run" in refused.stderr
    finally:
        process.kill()
        process.communicate()


def test_a_reader_that_leaves_is_no_error(place: Path, call: Call) -> None:
    call(*JOB, *OUT)
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [*PROGRAM, "show", "run"], cwd=place, stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    shown = process.communicate(timeout=PATIENCE)[1]
    assert shown == ""
    assert process.returncode == 0


def test_a_reader_that_leaves_does_not_hide_the_verdict(place: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    arguments = [*JOB[:-1], "python:model.py:resist", "--steps", "1", "--fail-if-not-better"]
    process = subprocess.Popen([*PROGRAM, *arguments], cwd=place, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 1


def run_on_terminal(
    arguments: Sequence[str], place: Path, *, code: int = 0, typed: str = "", **variables: str
) -> str:
    """Run the program on a terminal of 80 columns and return what a person would see."""
    control, terminal = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=place,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **variables},
    )
    os.close(terminal)
    os.write(control, typed.encode())
    seen = b"".join(iter(lambda: _read(control), b""))
    os.close(control)
    assert process.wait(timeout=PATIENCE) == code
    return seen.decode()


def _read(control: int) -> bytes:
    """Return the next piece, or nothing when the program is gone, which Linux tells by an error."""
    try:
        return os.read(control, 65536)
    except OSError:
        return b""


PRICED = (*JOB, *OUT, "--price", "1/2", "--optimizer-price", "1/2")


@pytest.mark.parametrize("typed, code", [("y\n", 0), ("n\n", 130), ("\x04", 130)])
def test_on_a_terminal_money_is_spent_only_after_a_yes(typed: str, code: int, place: Path) -> None:
    seen = run_on_terminal(PRICED, place, typed=typed, code=code)
    assert "This may cost up to $" in seen
    assert (place / "run").exists() is (code == 0)


def test_yes_does_not_ask(place: Path) -> None:
    assert "This may cost" not in run_on_terminal([*PRICED, "--yes"], place)


def test_off_a_terminal_nobody_is_asked(place: Path) -> None:
    process = start(PRICED, place, stdin=subprocess.DEVNULL)
    assert "Verdict: better" in process.communicate(timeout=PATIENCE)[0]


def test_on_a_terminal_there_are_bars_with_calls(place: Path) -> None:
    seen = run_on_terminal([*JOB, *OUT], place)
    assert "baseline" in seen
    assert " calls " in seen
    assert "Step 1" in seen
    assert "\x1b[1;32mVerdict: better" in seen


def test_no_color_is_obeyed(place: Path) -> None:
    (place / "items.jsonl").write_text((place / "items.jsonl").read_text() * 2)  # for a warning
    seen = run_on_terminal([*JOB, *OUT], place, NO_COLOR="1")
    assert "Warning:" in seen
    assert not [code for code in ("\x1b[3", "\x1b[1;3", "\x1b[9", "\x1b[38") if code in seen]


def test_off_a_terminal_only_warnings_are_said_before_the_result(place: Path) -> None:
    process = start([*JOB, *OUT], place)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert stdout.startswith("Verdict: better")
    assert stderr.startswith(FEW)
    assert stderr.count("\n") == 1
