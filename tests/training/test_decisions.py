"""Tests of textgrad_lite.training.decisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.doubles import make_score
from textgrad_lite.training.decisions import DecisionLog
from textgrad_lite.training.events import Event, SearchStopped, StepFinished, StepStarted
from textgrad_lite.training.journal import Journal, decisions, read_journal


def started(step: int) -> StepStarted:
    return StepStarted(step=step, parents=("p",), batch=("1",), plan={})


def finished(step: int) -> StepFinished:
    return StepFinished(step=step, best="b", score=make_score(), sources={})


STOPPED = SearchStopped(reason="time", steps=1)


def test_decisions_of_an_earlier_process_are_followed_and_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for event in (started(1), finished(1)):
        DecisionLog(journal).record(event)
    size = path.stat().st_size
    log = DecisionLog(journal, decisions(read_journal(path)))
    log.record(started(1))
    log.record(finished(1))
    assert path.stat().st_size == size
    assert log.upcoming is None
    log.record(started(2))
    journal.close()
    assert decisions(read_journal(path)) == list(log.made) == [started(1), finished(1), started(2)]


def test_another_way_is_noted_and_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    first = DecisionLog(journal)
    for event in (started(1), finished(1), STOPPED):
        first.record(event)
    second = DecisionLog(journal, first.made)
    for event in (started(1), started(7)):
        second.record(event)
    journal.close()
    assert "another way than before from decision 2 on: step_started instead of step_finished" in caplog.text
    assert decisions(read_journal(path)) == [started(1), started(7)]


def test_without_a_journal_decisions_are_kept_in_memory() -> None:
    log = DecisionLog(None, [started(1), finished(1)])
    log.record(started(3))
    assert list(log.made) == [started(3)]


@pytest.mark.parametrize(
    "rest, skipped",
    [
        ([started(2), STOPPED], 1),
        ([STOPPED], 0),
        ([started(2), finished(2), STOPPED], 0),
        ([started(2)], 0),
        ([], 0),
    ],
)
def test_a_step_that_was_broken_off_is_not_begun_again(rest: list[Event], skipped: int) -> None:
    log = DecisionLog(None, [started(1), *rest])
    log.record(started(1))
    assert list(log.skip_broken_step()) == rest[:skipped]
    assert log.upcoming == next(iter(rest[skipped:]), None)
    assert list(log.made) == [started(1), *rest[:skipped]]
