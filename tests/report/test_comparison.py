"""Runs side by side."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.conftest import make_run
from textgrad_lite.errors import RunError
from textgrad_lite.report import compare_runs
from textgrad_lite.report.comparison import adjust_for_number
from textgrad_lite.training import RunFolder, RunRecord, events


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    return make_run(tmp_path_factory.mktemp("runs") / "second", seed=7, steps=1)


def test_rows_say_what_each_run_came_to(record: RunRecord, other: RunRecord) -> None:
    told = compare_runs([record, other])
    assert [row.name for row in told.runs] == ["first", "second"]
    for row, of in zip(told.runs, (record, other), strict=True):
        assert of.result is not None
        assert row.verdict == of.result.verdict
        assert row.calls == sum(spent.calls for spent in of.result.spend)
        assert (row.steps, row.length) == (of.result.steps, len(of.result.best_text))
        assert row.kept in (of.result.test_before, of.result.test_after)


def test_only_what_differs_is_listed(record: RunRecord, other: RunRecord) -> None:
    differences = compare_runs([record, other]).differences
    assert differences["seed"] == ("1", "7")
    assert "note" not in differences
    assert "data: test" not in differences


def test_runs_on_the_same_test_examples_are_compared_pair_by_pair(
    record: RunRecord, other: RunRecord
) -> None:
    told = compare_runs([record, other])
    [contest] = told.contests
    assert (contest.first, contest.second, contest.n, contest.test) == (
        "first",
        "second",
        30,
        "exact McNemar",
    )
    means = [row.kept.value for row in told.runs if row.kept is not None]
    assert contest.difference == pytest.approx(means[1] - means[0])
    assert contest.low <= contest.difference <= contest.high
    assert contest.adjusted == contest.p_value
    assert "Confirm it on fresh examples" in told.caution


def test_a_run_is_no_different_from_itself(record: RunRecord) -> None:
    again = dataclasses.replace(record, path=record.path.parent / "again")
    [contest] = compare_runs([record, again]).contests
    assert (contest.difference, contest.p_value) == (0.0, 1.0)


def test_other_test_examples_are_not_compared(record: RunRecord) -> None:
    changed = [
        e.model_copy(
            update={
                "fingerprint": e.fingerprint.model_copy(
                    update={"data": {**e.fingerprint.data, "test": "other"}}
                )
            }
        )
        if isinstance(e, events.RunStarted)
        else e
        for e in record.events
    ]
    told = compare_runs([record, dataclasses.replace(record, events=tuple(changed))])
    assert told.contests == ()
    assert "not the same" in told.why_none
    assert told.differences["data: test"][1] == "other"


def test_a_run_that_has_not_come_to_the_test_set_is_not_compared(record: RunRecord) -> None:
    begun = tuple(e for e in record.events if not isinstance(e, events.TestScored))
    told = compare_runs([record, dataclasses.replace(record, events=begun)])
    assert told.contests == ()
    assert "Not every run has come to the test set" in told.why_none


def test_runs_of_the_same_name_are_told_by_their_paths(record: RunRecord) -> None:
    assert [row.name for row in compare_runs([record, record]).runs] == [str(record.path)] * 2


def test_a_run_that_has_not_begun_is_refused(record: RunRecord, tmp_path: Path) -> None:
    RunFolder.create(tmp_path).close()
    with pytest.raises(RunError, match="has not begun"):
        compare_runs([record, RunRecord.read(tmp_path)])


def test_p_values_are_adjusted_as_holm_has_it() -> None:
    assert adjust_for_number([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert adjust_for_number([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_adjusting_never_lowers_a_p_value_nor_changes_their_order(given_values: list[float]) -> None:
    adjusted = adjust_for_number(given_values)
    assert all(new >= old for new, old in zip(adjusted, given_values, strict=True))
    assert all(value <= 1 for value in adjusted)
    order = sorted(range(len(adjusted)), key=lambda place: given_values[place])
    assert [adjusted[place] for place in order] == sorted(adjusted)
