"""A worker in a process of its own: its answers, its faults, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from textgrad_lite.domains.molecules.docking.process import DockingError, run_worker
from textgrad_lite.errors import MissingDependencyError

PATIENCE = 60.0
HANGS = """
import json, os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(json.loads(input())["notes"]).write_text(f"{os.getpid()} {child.pid} {os.getcwd()}")
time.sleep(600)
"""


ORPHAN = """
import asyncio, sys
from textgrad_lite.domains.molecules.docking.process import run_worker
program, notes = sys.argv[1:]
asyncio.run(run_worker({"notes": notes}, 600, (sys.executable, "-c", program)))
"""
WATCHES = "from textgrad_lite.domains.molecules.docking.worker import end_with_parent as end; end()"


def worker(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


async def test_the_affinity_is_what_the_worker_says() -> None:
    program = "import json, sys; print(json.dumps({'affinity': -len(json.loads(input())['smiles'])}))"
    assert await run_worker({"smiles": "CCO"}, PATIENCE, worker(program)) == -3


async def test_no_key_reaches_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    program = """import json, os; print(json.dumps({"affinity": float("secret" in os.environ.values())}))"""
    assert await run_worker({}, PATIENCE, worker(program)) == 0


async def test_programs_of_this_environment_are_found_first() -> None:
    program = """import json, os; print(json.dumps({"failure": os.environ["PATH"].split(os.pathsep)[0]}))"""
    with pytest.raises(DockingError, match=re.escape(str(Path(sys.executable).parent))):
        await run_worker({}, PATIENCE, worker(program))


async def test_a_failure_is_told_with_its_reason_and_is_final() -> None:
    with pytest.raises(DockingError, match=r"^no conformer$") as caught:
        await run_worker({}, PATIENCE, worker("""print('{"failure": "no conformer"}')"""))
    assert caught.value.is_final


@pytest.mark.parametrize(
    "package, extra", [("rdkit", "molecules"), ("openbabel", "openbabel"), ("vina", "docking")]
)
async def test_a_missing_package_is_no_fault_of_the_molecule(package: str, extra: str) -> None:
    program = worker(f"""print('{{"missing": "{package}"}}')""")
    with pytest.raises(MissingDependencyError, match=rf"\[{extra}\]"):
        await run_worker({}, PATIENCE, program)


async def test_a_crash_is_a_failure_that_may_pass() -> None:
    program = "import os, sys; sys.stderr.write('bad address'); sys.stderr.flush(); os.abort()"
    with pytest.raises(DockingError, match="ended with code -6: bad address") as caught:
        await run_worker({}, PATIENCE, worker(program))
    assert not caught.value.is_final


async def test_one_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(DockingError, match=r"longer than 0\.2 seconds") as caught:
        await run_worker({}, 0.2, worker("import time; time.sleep(600)"))
    assert not caught.value.is_final


async def test_one_that_nobody_watches_ends_by_itself() -> None:
    limit = "from textgrad_lite.domains.molecules.docking.worker import limit_processor_time as limit"
    with pytest.raises(DockingError, match=r"ended with code -(9|24)"):
        await run_worker({}, PATIENCE, worker(f"{limit}\nlimit(1)\nwhile True: pass"))


async def test_the_worker_may_work_as_long_as_its_threads_together() -> None:
    program = "import json; print(json.dumps({'affinity': json.loads(input())['processor_seconds']}))"
    assert await run_worker({"threads": 3}, PATIENCE, worker(program)) == 3 * PATIENCE


async def test_one_that_is_given_up_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    task = asyncio.create_task(run_worker({"notes": str(notes)}, PATIENCE, worker(HANGS)))
    await asyncio.to_thread(wait_for, lambda: notes.exists() and notes.read_text())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    check_that_nothing_is_left(notes)


def test_one_whose_parent_is_killed_ends_with_all_that_it_started(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    command = [sys.executable, "-c", ORPHAN, f"{WATCHES}\n{HANGS}", str(notes)]
    with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(tmp_path)}) as parent:
        wait_for(lambda: notes.exists() and notes.read_text())
        parent.kill()
    leader, child, _ = notes.read_text().split()
    wait_for(lambda: not (is_running(int(leader)) or is_running(int(child))))


def check_that_nothing_is_left(notes: Path) -> None:
    leader, child, folder = notes.read_text().split()
    assert folder != str(Path.cwd())
    assert not Path(folder).exists()
    assert not psutil.pid_exists(int(leader))
    wait_for(lambda: not is_running(int(child)))


def wait_for(condition: Callable[[], object]) -> None:
    """Return when a condition holds, and fail where it does not in time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether a process runs; one that was killed may wait for a parent to notice."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
