"""Numbers of dose-volume histograms, against what can be worked out by hand and against their own laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.domains.radiotherapy import StructureDose

DOSES = st.lists(st.floats(0, 100), min_size=1, max_size=50)


def test_a_ramp_has_the_doses_of_its_shares() -> None:
    ramp = StructureDose([float(step) for step in reversed(range(101))])
    assert ramp.dose_to(95) == pytest.approx(5)
    assert ramp.dose_to(5) == pytest.approx(95)
    assert ramp.mean == 50
    assert ramp.maximum == 100
    assert ramp.volume_at(50) == pytest.approx(100 * 51 / 101)


def test_between_voxels_the_dose_is_interpolated() -> None:
    assert StructureDose([10, 20]).dose_to(75) == pytest.approx(12.5)


def test_a_curve_falls_from_the_whole_volume_to_nothing() -> None:
    assert StructureDose([1, 2, 3, 4]).curve([0, 1, 1.5, 4, 4.5]) == [100, 100, 75, 25, 0]


def test_a_structure_without_voxels_is_refused() -> None:
    with pytest.raises(ValueError, match="without voxels"):
        StructureDose([])


@given(DOSES, st.floats(0, 100), st.floats(0, 100))
def test_more_volume_gets_less_dose(doses: list[float], one: float, other: float) -> None:
    structure = StructureDose(doses)
    assert structure.dose_to(min(one, other)) >= structure.dose_to(max(one, other))
    assert min(doses) <= structure.dose_to(one) <= structure.maximum


@given(DOSES)
def test_all_get_the_least_and_none_more_than_the_most(doses: list[float]) -> None:
    structure = StructureDose(doses)
    assert structure.volume_at(min(doses)) == 100
    assert structure.volume_at(structure.maximum) > 0
    assert structure.volume_at(structure.maximum + 1) == 0
