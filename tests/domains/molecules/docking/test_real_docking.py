"""The real programs: AutoDock Vina by both backends, against the receptors of dockstring."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from textgrad_lite.domains.molecules import (
    QED,
    Affinity,
    Docking,
    DockingBackend,
    Dockstring,
    MoleculeLoss,
    MoleculeMetric,
    MoleculeSearch,
    SimulatedChemist,
    TextualProposer,
    Vina,
    canonical_smiles,
    target_names,
)
from textgrad_lite.domains.molecules.docking import worker

pytestmark = [pytest.mark.extra, pytest.mark.timeout(900)]

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
MEASURED_BEFORE = {"dockstring": -6.1, "vina": -6.16}
HAS_VINA = find_spec("vina") is not None
PATIENCE = 840.0
"""Seconds for a ligand, on a machine that others use too."""

QUICK: DockingBackend = Vina(exhaustiveness=1, seconds=PATIENCE) if HAS_VINA else Dockstring(seconds=PATIENCE)
BOTH = [Dockstring(seconds=PATIENCE), Vina(seconds=PATIENCE)][: 1 + HAS_VINA]


def test_the_58_receptors_are_there() -> None:
    names = target_names()
    assert len(names) == 58
    assert {"PPARA", "F2", "DRD2"} <= set(names)


@pytest.mark.parametrize("backend", BOTH, ids=lambda backend: backend.name)
async def test_aspirin_binds_as_it_did_before(backend: DockingBackend, tmp_path: Path) -> None:
    docking = Docking(backend, cache_dir=tmp_path)
    pose = await docking.dock(canonical_smiles(ASPIRIN), "PPARA")
    assert pose.failure == ""
    assert pose.affinity == pytest.approx(MEASURED_BEFORE[backend.name], abs=0.5)


async def test_another_way_to_write_it_is_found_in_the_cache(tmp_path: Path) -> None:
    docking = Docking(QUICK, cache_dir=tmp_path)
    metric = [MoleculeMetric([Affinity("PPARA", docking)]) for _ in range(2)]
    first = await metric[0].assess("CCO")
    again = await metric[1].assess("OCC")
    assert first == again
    assert docking.calls == 1


@pytest.mark.parametrize("backend", BOTH, ids=lambda backend: backend.name)
async def test_a_dock_that_fails_is_a_criticism_with_its_reason(
    backend: DockingBackend, tmp_path: Path
) -> None:
    metric = MoleculeMetric([Affinity("PPARA", Docking(backend, cache_dir=tmp_path))])
    found = await metric.assess("[He]")
    assert found.score == 0
    assert found.words.startswith("Docking to PPARA failed, which counts as no binding: ")
    assert "parameters not available" in found.words


@pytest.mark.skipif(os.name != "posix", reason="dockstring uses a shell")
def test_a_string_that_a_shell_would_run_does_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name)
    job = {"backend": "dockstring", "smiles": "[Re]$[Re]", "target": "PPARA", "seed": 1, "threads": 1}
    assert worker.answer(job)["failure"].startswith("dockstring cannot take quadruple bonds")


def test_a_search_docks_what_the_simulated_chemist_proposes(tmp_path: Path) -> None:
    docking = Docking(QUICK, cache_dir=tmp_path)
    metric = MoleculeMetric([Affinity("PPARA", docking), QED(weight=10)])
    engine = SimulatedChemist()
    proposer = TextualProposer(MoleculeLoss(metric), engine)
    found = MoleculeSearch(metric, proposer, trials=2).run(ASPIRIN)
    assert len({trial.smiles for trial in found.trials}) == docking.calls == 3
    assert all(trial.values["affinity to PPARA"] is not None for trial in found.trials)
    assert found.front
