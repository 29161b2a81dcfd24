"""Tests of textgrad_lite.training.journal and of its lines."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.doubles import make_score
from textgrad_lite.engines import Completion, Usage
from textgrad_lite.errors import RunError
from textgrad_lite.training.events import SearchStopped, StepFinished, TestScored
from textgrad_lite.training.journal import Journal, decisions, read_journal
from textgrad_lite.training.lines import SCHEMA, Answered, Closed, Decided, Line, Opened, Rewound, Sent

ANSWER = Answered(
    key="k",
    purpose="forward",
    engine="e",
    completion=Completion(text="é\n\u2028\x00", usage=Usage(input_tokens=3)),
)
LINES: list[Line] = [
    Opened(version="1"),
    Sent(key="k", purpose="forward", engine="e", tokens=5),
    ANSWER,
    Decided(event=SearchStopped(reason="steps", steps=2)),
    Rewound(kept=0),
    Closed(status="finished"),
]


def write(path: Path, lines: list[Line]) -> None:
    journal = Journal(path)
    for line in lines:
        journal.append(line)
    journal.sync()
    journal.close()


def test_lines_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, LINES)
    assert read_journal(path) == LINES
    assert all(json.loads(line)["v"] == SCHEMA for line in path.read_text().splitlines())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_process_appends(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, LINES[:2])
    write(path, LINES[2:])
    assert read_journal(path) == LINES


@given(cut=st.integers(min_value=1, max_value=600))
def test_a_journal_that_was_cut_anywhere_keeps_its_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "journal.jsonl"
    write(path, LINES)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - cut])
    kept = read_journal(path)
    assert kept == LINES[: len(kept)]
    write(path, LINES[len(kept) :])
    assert read_journal(path) == LINES


@pytest.mark.parametrize(
    "bad", ['{"v": 9, "kind": "opened", "version": "1"}', "{", '{"v": 1, "kind": "nonsense"}', "[]"]
)
def test_a_damaged_line_is_named(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, LINES)
    first, rest = path.read_text().split("\n", 1)
    path.write_text(f"{first}\n{bad}\n{rest}")
    with pytest.raises(RunError, match=r"journal\.jsonl:2: not a line of a journal of version 2"):
        read_journal(path)


def test_a_journal_of_the_first_version_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    score = '{"mean": 0.5, "n": 2, "low": 0.1, "high": 0.9, "kinds": {}}'
    event = f'{{"type": "test_scored", "which": "before", "score": {score}}}'
    path.write_text(f'{{"v": 1, "t": "2026-01-01T00:00:00Z", "kind": "decided", "event": {event}}}\n')
    [scored] = decisions(read_journal(path))
    assert isinstance(scored, TestScored)
    assert (scored.score.mean, scored.scores) == (0.5, {})


def test_what_cannot_be_opened_or_read(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be opened"):
        Journal(tmp_path / "none" / "journal.jsonl")
    with pytest.raises(RunError, match="cannot be read"):
        read_journal(tmp_path / "journal.jsonl")


@pytest.mark.parametrize("short", [True, False])
def test_a_full_disk_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, short: bool
) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append(LINES[0])
    write_really = os.write

    def write_partly(file: int, content: bytes) -> int:
        written = write_really(file, content[:7])
        if short:
            return written
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", write_partly)
    with pytest.raises(RunError, match=r"(?i)no space left on .*device"):
        journal.append(ANSWER)
    monkeypatch.undo()
    journal.append(ANSWER)
    journal.close()
    assert read_journal(path) == [LINES[0], ANSWER]


def test_decisions_are_those_that_hold() -> None:
    first, second, third = (StepFinished(step=n, best="b", score=make_score(), sources={}) for n in range(3))
    lines = [
        LINES[0],
        Decided(event=first),
        Decided(event=second),
        ANSWER,
        Rewound(kept=1),
        Decided(event=third),
    ]
    assert decisions(lines) == [first, third]
