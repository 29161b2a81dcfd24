"""Tests of textgrad_lite.optimizers.edit_size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.edit_size import (
    AdaptiveEdit,
    ConstantEdit,
    DecayingEdit,
    EditPace,
    EditSize,
    agreement_of,
    read_edit_size,
)

TEXTS = st.lists(st.text(), max_size=4)


@pytest.mark.parametrize(
    "setting, schedule",
    [
        (None, None),
        (0.3, ConstantEdit(size=0.3)),
        ("0.3", ConstantEdit(size=0.3)),
        ("decaying", DecayingEdit()),
        ("decaying:0.5:0.2:3", DecayingEdit(first=0.5, last=0.2, steps=3)),
        ("adaptive:0.2", AdaptiveEdit(least=0.2)),
        (AdaptiveEdit(), AdaptiveEdit()),
    ],
)
def test_a_schedule_can_be_written_in_short(setting: EditSize | float | str | None, schedule: object) -> None:
    assert read_edit_size(setting) == schedule


@pytest.mark.parametrize("setting", ["much", "0.3:0.2", 0.0, 1.5, "decaying:2", "adaptive:0.1:0.5:7", ""])
def test_what_is_no_schedule_is_refused(setting: float | str) -> None:
    with pytest.raises(ConfigurationError, match="the size of an edit cannot be"):
        read_edit_size(setting)


def test_a_decaying_share_falls_by_one_factor_and_then_stays() -> None:
    schedule = DecayingEdit(first=0.8, last=0.1, steps=3)
    assert [schedule.share(step, None) for step in range(5)] == pytest.approx([0.8, 0.4, 0.2, 0.1, 0.1])


def test_agreement_is_about_the_same_words() -> None:
    assert agreement_of(["Name the unit."], ["NAME the unit!"]) == 1.0
    assert agreement_of(["Name the unit."], ["Show every step."]) == 0.0
    assert agreement_of(["Name the unit."], ["Name the number."]) == pytest.approx(1 / 3)
    assert agreement_of([], ["of"]) == 0.0


@given(TEXTS, TEXTS, st.integers(0, 50))
def test_every_schedule_stays_within_its_limits(earlier: list[str], later: list[str], step: int) -> None:
    agreement = agreement_of(earlier, later)
    assert agreement == agreement_of(later, earlier)
    assert 0 <= agreement <= 1
    for schedule in (ConstantEdit(size=0.3), DecayingEdit(), AdaptiveEdit()):
        assert 0.1 - 1e-9 <= schedule.share(step, agreement) <= 0.6 + 1e-9


def test_the_pace_follows_what_successive_criticisms_say() -> None:
    pace = EditPace(AdaptiveEdit(least=0.2, most=0.6))

    def share(*said: str) -> float:
        limit = pace.limit(said)
        assert limit is not None
        return limit.share

    assert share("Name the unit.") == pytest.approx(0.4)
    pace.advance(["Name the unit."])
    assert share("Name the unit.") == pytest.approx(0.6)
    assert share("Show every step.") == pytest.approx(0.2)
    assert share() == pytest.approx(0.4)
    pace.advance([])
    assert share("Name the unit.") == pytest.approx(0.6)
    other = EditPace(AdaptiveEdit(least=0.2, most=0.6))
    other.load_state_dict(pace.state_dict())
    assert other.limit(["Name the unit."]) == pace.limit(["Name the unit."])


def test_without_a_schedule_nothing_is_limited() -> None:
    assert EditPace(None).limit(["Name the unit."]) is None
