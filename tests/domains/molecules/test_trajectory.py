"""What a search tried: the best, the improvements, the front, the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.molecules.toys import Count
from textgrad_lite.domains.molecules import Trajectory, Trial, pareto_front, read_trials
from textgrad_lite.errors import DataError

HIGH, LOW = Count("C"), Count("N", is_higher_better=False)
NAMES = (HIGH.name, LOW.name)


def trial(number: int, first: float | None, second: float | None, score: float = 0.0) -> Trial:
    return Trial(number, f"C{number}", score, dict(zip(NAMES, (first, second), strict=True)), "Fine.", 0)


numbers = st.floats(-10, 10, allow_nan=False)
trials = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12).map(
    lambda pairs: tuple(trial(number, *pair) for number, pair in enumerate(pairs))
)


def values(one: Trial) -> tuple[float, float]:
    first, second = (one.values[name] for name in NAMES)
    assert first is not None
    assert second is not None
    return first, second


@given(trials)
def test_each_molecule_is_on_the_front_or_beaten_or_equalled_by_one_that_is(
    all_trials: tuple[Trial, ...],
) -> None:
    front = pareto_front(all_trials, (HIGH, LOW))
    for one in all_trials:
        high, low = values(one)
        assert one in front or any(values(other)[0] >= high and values(other)[1] <= low for other in front)


@given(trials)
def test_none_on_the_front_beats_another(all_trials: tuple[Trial, ...]) -> None:
    front = [values(one) for one in pareto_front(all_trials, (HIGH, LOW))]
    assert len(set(front)) == len(front) > 0
    for one in front:
        assert not any(other != one and other[0] >= one[0] and other[1] <= one[1] for other in front)


def test_a_molecule_that_could_not_be_determined_is_not_on_the_front() -> None:
    assert [one.number for one in pareto_front([trial(0, None, -99), trial(1, 1, 1)], (HIGH, LOW))] == [1]


def test_zero_is_a_value_like_any_other() -> None:
    found = Trajectory((HIGH, LOW), (trial(0, 0, 0), trial(1, -1, 1)))
    assert [one.number for one in found.front] == [0]


def test_the_best_is_the_earliest_among_equals() -> None:
    found = Trajectory((HIGH, LOW), (trial(0, 1, 1, 0.2), trial(1, 1, 1, 0.5), trial(2, 1, 1, 0.5)))
    assert found.best.number == 1
    assert [one.number for one in found.improvements] == [0, 1]


def test_the_best_score_after_some_trials_looks_no_further() -> None:
    found = Trajectory((HIGH, LOW), tuple(trial(n, 1, 1, score) for n, score in enumerate([0.3, 0.1, 0.6])))
    assert [found.best_score_after(n) for n in range(3)] == [0.3, 0.3, 0.6]


def test_trials_are_read_as_they_were_saved(tmp_path: Path) -> None:
    found = Trajectory((HIGH, LOW), (trial(0, 1.5, None), trial(1, -2, 3, 0.25)))
    assert read_trials(found.save(tmp_path / "run")) == found.trials


@pytest.mark.parametrize("line", ["no JSON", "{}", '{"number": 1, "other": 2}', "[]"])
def test_a_line_that_is_no_trial_is_named(line: str, tmp_path: Path) -> None:
    path = Trajectory((HIGH,), (trial(0, 1, 1),)).save(tmp_path)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(DataError, match=r"trajectory\.jsonl:2"):
        read_trials(path)
