"""The inner loop for real: photon plans for the TG-119 phantom, made by pyRadPlan.

Geometry and dose influence are computed once; after that, a plan is one run of the fluence optimisation. Set
``OPENBLAS_NUM_THREADS=1``: the matrices are small, and more threads only wait for each other.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from textgrad_lite.domains.radiotherapy.dose_volume import StructureDose
from textgrad_lite.domains.radiotherapy.plan import Plan
from textgrad_lite.domains.radiotherapy.settings import Settings
from textgrad_lite.errors import MissingDependencyError

NAMES = {"target": "OuterTarget", "core": "Core", "body": "BODY"}
"""What the phantom calls the structures."""

PYRADPLAN = "pyRadPlan==0.5.0"
"""The release that this was written for. It is installed bare, since planning does not need most of the
hundred packages that it asks for."""

_QUIET = {"console_progress": False}


class Tg119Planner:
    """Makes photon plans for the C-shaped target of the TG-119 phantom that pyRadPlan ships.

    Args:
        beams: How many beams, at equal angles around the patient.
        grid: Edge of a voxel of the dose grid in mm; the dose is also evaluated there.
        beamlet: Edge of a beamlet in mm.
        iterations: Most iterations of the inner optimiser (L-BFGS-B). With 100 the numbers of a plan are
            about half a gray from those with 500, the body maximum one, in a third of the time.

    Raises:
        MissingDependencyError: pyRadPlan is not installed.
    """

    def __init__(
        self, *, beams: int = 5, grid: float = 10.0, beamlet: float = 10.0, iterations: int = 100
    ) -> None:
        self._angles = [360 * number / beams for number in range(beams)]
        self._grid = grid
        self._beamlet = beamlet
        self._iterations = iterations
        self._toolkit = _load_pyradplan()
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Compute the dose influence, which the first plan would do otherwise."""
        with self._lock:
            self._case  # noqa: B018 - it is computed when it is first read

    def plan(self, settings: Settings) -> Plan:
        """Optimise the fluence for some settings; one plan at a time."""
        with self._lock:
            case = self._case
            case.set_objectives(settings)
            fluence = self._toolkit.fluence_optimization(
                case.scan, case.structures, case.beams, case.influence, case.setup(self._iterations)
            )
            dose = case.influence.physical_dose.flat[0] @ fluence
        return Plan(
            settings,
            {name: StructureDose(dose[voxels].tolist()) for name, voxels in case.voxels.items()},
        )

    @cached_property
    def _case(self) -> _Case:
        import numpy

        toolkit = self._toolkit
        scan, structures = toolkit.load_tg119()
        setup = toolkit.PhotonPlan(machine="Generic")
        setup.prop_stf = {
            "gantry_angles": self._angles,
            "couch_angles": [0.0] * len(self._angles),
            "bixel_width": self._beamlet,
            **_QUIET,
        }
        setup.prop_dose_calc = {"dose_grid": {"resolution": [self._grid] * 3}, **_QUIET}
        beams = toolkit.generate_stf(scan, structures, setup)
        with numpy.errstate(divide="ignore", invalid="ignore"):  # its ray tracer divides by zero on purpose
            influence = toolkit.calc_dose_influence(scan, structures, beams, setup)
        return _Case(toolkit, scan, structures, beams, influence)


@dataclass
class _Case:
    """A patient with beams and dose influence, as pyRadPlan's objects."""

    toolkit: Any
    scan: Any
    structures: Any
    beams: Any
    influence: Any

    @cached_property
    def voxels(self) -> dict[str, Any]:
        """The voxels of each structure on the dose grid; each voxel belongs to one structure only."""
        scan = self.scan.resample_to_grid(self.influence.dose_grid)
        resampled = self.structures.apply_overlap_priorities().resample_on_new_ct(scan)
        by_name = {structure.name: structure.indices_numpy for structure in resampled.vois}
        return {name: by_name[theirs] for name, theirs in NAMES.items()}

    def set_objectives(self, settings: Settings) -> None:
        """Give each structure its one objective."""
        from pyRadPlan.optimization.objectives import SquaredDeviation, SquaredOverdosing

        by_name = {structure.name: structure for structure in self.structures.vois}
        for name, theirs in NAMES.items():
            weight, dose = settings.weights[name], settings.doses[name]
            objective = (
                SquaredDeviation(priority=weight, d_ref=dose)
                if name == "target"
                else SquaredOverdosing(priority=weight, d_max=dose)
            )
            by_name[theirs].objectives = [objective]

    def setup(self, iterations: int) -> Any:
        """The setup of one optimisation; pyRadPlan takes options out of it, so it is made anew each time."""
        setup = self.toolkit.PhotonPlan(machine="Generic")
        setup.prop_opt = {"solver": "scipy", "max_iter": iterations, "display": False, **_QUIET}
        return setup


def _load_pyradplan() -> Any:
    try:
        import pyRadPlan
    except ImportError as error:
        missing = MissingDependencyError("pyRadPlan", "radiotherapy")
        missing.hint += f" && pip install --no-deps {PYRADPLAN}"
        raise missing from error
    # Equal settings are to give equal plans whatever else is installed.
    pyRadPlan.settings.xp.prefer_gpu = False
    pyRadPlan.settings.xp.preferred_cpu_array_backend = "numpy"
    return pyRadPlan
