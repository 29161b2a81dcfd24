"""Runs the worker for one ligand: within its time, on its own, and without a trace left behind."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from textgrad_lite.errors import MissingDependencyError

WORKER = (sys.executable, "-m", "textgrad_lite.domains.molecules.docking.worker")
"""The command of the worker."""

_EXTRAS = {"rdkit": "molecules", "openbabel": "openbabel"}
_LONGEST_QUOTE = 300
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "BABEL_DATADIR")
"""Variables of the environment that the worker gets besides those that are made for it."""


class DockingError(Exception):
    """A ligand could not be docked; the message says why.

    Attributes:
        is_final: Whether it would fail again.
    """

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


async def run_worker(job: Mapping[str, Any], seconds: float, command: Sequence[str] = WORKER) -> float:
    """Dock one ligand in a process group of its own, which ends with the call in whatever way.

    Args:
        job: What the worker is told.
        seconds: Wall time after which it is killed.
        command: The worker.

    Returns:
        The affinity in kcal/mol.

    Raises:
        DockingError: It could not be docked.
        MissingDependencyError: A package is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="textgrad-lite-docking-") as place:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=place,
            env=_environment(place, job),
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(seconds):
                said, complaints = await process.communicate(_order(job, seconds))
        except TimeoutError as error:
            raise DockingError(f"it took longer than {seconds:g} seconds", is_final=False) from error
        finally:
            await _end(process)
    return _read(said, complaints, process.returncode)


def _order(job: Mapping[str, Any], seconds: float) -> bytes:
    processor_seconds = math.ceil(seconds * job.get("threads", 1))
    return json.dumps({**job, "processor_seconds": processor_seconds}).encode() + b"\n"


def _environment(place: str, job: Mapping[str, Any]) -> dict[str, str]:
    """What the docking programs need, and none of our keys; programs of this interpreter come first."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    roots = [str(Path(__file__).parents[4]), os.environ.get("PYTHONPATH", "")]
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "PATH": programs,
        "PYTHONPATH": os.pathsep.join(filter(None, roots)),
        "TMPDIR": place,
        "OMP_NUM_THREADS": str(job.get("threads", 1)),
    }


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the whole group, since dockstring starts programs of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _read(said: bytes, complaints: bytes, code: int | None) -> float:
    try:
        reply = json.loads(said)
    except ValueError as error:
        last = complaints.decode(errors="replace").strip()[-_LONGEST_QUOTE:]
        raise DockingError(
            f"the docking program ended with code {code}: {last or 'no message'}", is_final=False
        ) from error
    if package := reply.get("missing"):
        raise MissingDependencyError(package, _EXTRAS.get(package, "docking"))
    if failure := reply.get("failure"):
        raise DockingError(failure, is_final=True)
    return float(reply["affinity"])
