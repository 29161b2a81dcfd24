"""Each molecule is docked once per target, backend and settings; a failure is remembered with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from tests.domains.molecules.toys import Count
from textgrad_lite.domains.molecules import Affinity, Docking, DockingBackend, MoleculeMetric, Pose, Vina
from textgrad_lite.domains.molecules.docking import backends, service
from textgrad_lite.domains.molecules.docking.process import DockingError
from textgrad_lite.errors import ConfigurationError


class Program:
    """Stands in for the worker: notes its jobs, and how many run at once."""

    def __init__(self, *failures: DockingError) -> None:
        self.jobs: list[Mapping[str, Any]] = []
        self.running = self.most_running = 0
        self._failures = list(failures)

    async def __call__(self, job: Mapping[str, Any], seconds: float) -> float:
        self.jobs.append(job)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        if self._failures:
            raise self._failures.pop(0)
        return -float(len(job["smiles"]))


@pytest.fixture(autouse=True)
def toy_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the backend need what is installed here, know two receptors, and take any text for a molecule."""
    monkeypatch.setattr(service, "canonical_smiles", str.strip)
    monkeypatch.setattr(Vina, "packages", ("pytest",))
    monkeypatch.setattr(backends, "target_names", lambda: ["F2", "PPARA"])


async def test_a_score_is_computed_once(tmp_path: Path) -> None:
    program = Program()
    docking = Docking(cache_dir=tmp_path, run=program)
    poses = await asyncio.gather(*(docking.dock("CCO", "F2") for _ in range(3)))
    assert poses == [Pose(-3.0)] * 3
    assert (len(program.jobs), docking.calls) == (1, 1)


async def test_another_way_to_write_it_is_the_same_molecule(tmp_path: Path) -> None:
    program = Program()
    docking = Docking(cache_dir=tmp_path, run=program)
    await docking.dock("CCO", "F2")
    assert await docking.dock(" CCO", "F2") == Pose(-3.0)
    assert len(program.jobs) == 1


async def test_another_process_finds_it(tmp_path: Path) -> None:
    first, second = Program(), Program()
    await Docking(cache_dir=tmp_path, run=first).dock("CCO", "F2")
    assert await Docking(cache_dir=tmp_path, run=second).dock("CCO", "F2") == Pose(-3.0)
    assert second.jobs == []


@pytest.mark.parametrize(
    "backend, smiles, target",
    [
        (Vina(seed=1), "CCO", "F2"),
        (Vina(exhaustiveness=1), "CCO", "F2"),
        (Vina(), "CCN", "F2"),
        (Vina(), "CCO", "PPARA"),
    ],
)
async def test_what_can_change_a_score_is_part_of_the_key(
    backend: DockingBackend, smiles: str, target: str, tmp_path: Path
) -> None:
    program = Program()
    await Docking(Vina(), cache_dir=tmp_path, run=program).dock("CCO", "F2")
    await Docking(backend, cache_dir=tmp_path, run=program).dock(smiles, target)
    assert len(program.jobs) == 2


async def test_a_new_version_of_the_program_computes_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program()
    docking = Docking(cache_dir=tmp_path, run=program)
    await docking.dock("CCO", "F2")
    monkeypatch.setattr(backends, "version", lambda package: "other")
    await docking.dock("CCO", "F2")
    assert len(program.jobs) == 2


async def test_more_time_changes_no_score(tmp_path: Path) -> None:
    program = Program()
    await Docking(Vina(seconds=10), cache_dir=tmp_path, run=program).dock("CCO", "F2")
    await Docking(Vina(seconds=20), cache_dir=tmp_path, run=program).dock("CCO", "F2")
    assert len(program.jobs) == 1


async def test_the_job_says_all_that_the_worker_needs(tmp_path: Path) -> None:
    program = Program()
    await Docking(Vina(seed=7, threads=2, exhaustiveness=3), cache_dir=tmp_path, run=program).dock("C", "F2")
    assert program.jobs == [
        {"backend": "vina", "smiles": "C", "target": "F2", "seed": 7, "threads": 2, "exhaustiveness": 3}
    ]


async def test_a_failure_for_good_is_remembered_with_its_reason(tmp_path: Path) -> None:
    program = Program(DockingError("no conformer", is_final=True))
    docking = Docking(cache_dir=tmp_path, run=program)
    for _ in range(2):
        assert await docking.dock("C", "F2") == Pose(None, "no conformer")
    assert docking.calls == 1


async def test_a_failure_that_may_pass_is_tried_again(tmp_path: Path) -> None:
    docking = Docking(cache_dir=tmp_path, run=Program(DockingError("too slow", is_final=False)))
    assert await docking.dock("C", "F2") == Pose(None, "too slow")
    assert await docking.dock("C", "F2") == Pose(-1.0)


@pytest.mark.parametrize("processes", [1, 3])
async def test_no_more_run_at_once_than_is_allowed(processes: int, tmp_path: Path) -> None:
    program = Program()
    docking = Docking(processes=processes, cache_dir=tmp_path, run=program)
    await asyncio.gather(*(docking.dock("C" * length, "F2") for length in range(1, 8)))
    assert program.most_running == processes


def test_there_is_at_least_one_process() -> None:
    with pytest.raises(ConfigurationError, match="processes is 0"):
        Docking(processes=0)


async def test_the_objective_tells_the_affinity(tmp_path: Path) -> None:
    found = await Affinity("F2", Docking(cache_dir=tmp_path, run=Program())).measure("CCCCCC")
    assert found.value == -6
    assert found.desirability == pytest.approx(6 / 15)
    assert found.words == "Binding affinity to F2 (kcal/mol, lower is better): -6.0."


async def test_the_objective_tells_why_docking_failed(tmp_path: Path) -> None:
    program = Program(DockingError("no conformer", is_final=True))
    found = await Affinity("F2", Docking(cache_dir=tmp_path, run=program)).measure("C")
    assert (found.value, found.desirability) == (None, 0.0)
    assert found.words == "Docking to F2 failed, which counts as no binding: no conformer."


@pytest.mark.usefixtures("toy_chemistry")
async def test_the_score_ranks_as_the_papers_objective_does(tmp_path: Path) -> None:
    """Vina's score plus ten times one minus drug-likeness, here a tenth of the number of N."""
    affinity = Affinity("F2", Docking(cache_dir=tmp_path, run=Program()))
    metric = MoleculeMetric([affinity, Count("N", weight=10)])
    molecules = ["C" * carbons + "N" * nitrogens for carbons in range(5) for nitrogens in range(1, 5)]
    papers = {smiles: -len(smiles) + 10 * (1 - smiles.count("N") / 10) for smiles in molecules}
    scores = {smiles: (await metric.assess(smiles)).score for smiles in molecules}
    for smiles in molecules:
        assert scores[smiles] == pytest.approx((10 - papers[smiles]) / 25)


def test_the_fingerprint_holds_the_settings(tmp_path: Path) -> None:
    prints = {
        Affinity("F2", Docking(Vina(seed=seed), cache_dir=tmp_path, run=Program())).fingerprint()
        for seed in (1, 2)
    }
    assert len(prints) == 2


async def test_scores_have_a_folder_of_their_own_beside_the_answers_of_models() -> None:
    program = Program()
    await Docking(run=program).dock("CCO", "F2")
    folder = platformdirs.user_cache_path("textgrad-lite", appauthor=False) / "docking"
    await Docking(cache_dir=folder, run=program).dock("CCO", "F2")
    assert len(program.jobs) == 1
