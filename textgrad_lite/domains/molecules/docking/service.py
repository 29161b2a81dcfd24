"""Docking as a service: each molecule once per target, backend and settings, in processes, kept on disk."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from textgrad_lite.domains.molecules.chemistry import canonical_smiles
from textgrad_lite.domains.molecules.docking.backends import DockingBackend, Vina
from textgrad_lite.domains.molecules.docking.process import DockingError, run_worker
from textgrad_lite.engines.cache_folder import APP_NAME
from textgrad_lite.engines.disk_cache import DiskCache, shared_cache
from textgrad_lite.engines.per_loop import PerLoop
from textgrad_lite.errors import ConfigurationError

KEY_VERSION = 1
"""Raised when equal keys may stand for different computations."""

Run = Callable[[Mapping[str, Any], float], Awaitable[float]]


@dataclass(frozen=True)
class Pose:
    """How well a ligand fits.

    Attributes:
        affinity: In kcal/mol, lower is better; None where it could not be docked.
        failure: Why it could not be docked, or an empty text.
    """

    affinity: float | None
    failure: str = ""


class Docking:
    """Docks molecules, and remembers.

    Args:
        backend: Which program docks.
        processes: How many ligands are docked at once.
        cache_dir: Where scores are kept; a folder in the user's cache directory where None.
        run: Runs one job; the worker's process unless a test says otherwise.

    Attributes:
        backend: Which program docks.
        calls: How many ligands were given to the program, found nowhere in the cache.

    Raises:
        ConfigurationError: There is no process.
    """

    def __init__(
        self,
        backend: DockingBackend | None = None,
        *,
        processes: int = 1,
        cache_dir: Path | str | None = None,
        run: Run = run_worker,
    ) -> None:
        if processes < 1:
            raise ConfigurationError(f"processes is {processes}", hint="Give 1 or more.")
        self.backend = backend or Vina()
        self.calls = 0
        self._cache: DiskCache = shared_cache(_default_folder() if cache_dir is None else cache_dir)
        self._run = run
        self._slots = PerLoop(lambda: asyncio.Semaphore(processes))
        self._locks: PerLoop[WeakValueDictionary[str, asyncio.Lock]] = PerLoop(WeakValueDictionary)

    async def dock(self, smiles: str, target: str) -> Pose:
        """Dock one molecule, or find what was found before.

        Args:
            smiles: The molecule, in whatever way it is written.
            target: Name of a receptor.

        Raises:
            DataError: It is not one molecule.
            MissingDependencyError: A package is not installed.
        """
        smiles = canonical_smiles(smiles)
        key = self._key(smiles, target)
        lock = self._locks.get().setdefault(key, asyncio.Lock())
        async with lock:
            stored = await self._cache.get(key)
            if stored is not None:
                return Pose(**json.loads(stored))
            async with self._slots.get():
                return await self._compute(key, smiles, target)

    async def _compute(self, key: str, smiles: str, target: str) -> Pose:
        job = {"backend": self.backend.name, "smiles": smiles, "target": target, **self.backend.settings()}
        self.calls += 1
        try:
            pose = Pose(await self._run(job, self.backend.seconds))
        except DockingError as error:
            pose = Pose(None, str(error))
            if not error.is_final:
                return pose
        self._cache.put(key, json.dumps({"affinity": pose.affinity, "failure": pose.failure}))
        return pose

    def _key(self, smiles: str, target: str) -> str:
        parts = {
            "key": KEY_VERSION,
            "smiles": smiles,
            "target": target,
            "backend": self.backend.name,
            "settings": dict(self.backend.settings()),
            "versions": dict(self.backend.versions()),
        }
        return "dock:" + hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _default_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path(APP_NAME, appauthor=False) / "docking"
