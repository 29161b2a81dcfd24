"""Tests of textgrad_lite.training.run_folder, files and run_record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.errors import RunError, RunExistsError, RunLockedError
from textgrad_lite.training import RunFolder, RunRecord
from textgrad_lite.training.files import make_diff, write_atomically
from textgrad_lite.training.journal import read_journal
from textgrad_lite.training.lines import Closed, Opened, Sent

CONFIG = {"prompt": "p.txt", "steps": 3, "budget": {"calls": 10}}


def test_a_new_folder_holds_config_journal_and_lock(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path / "a" / "run", CONFIG) as run:
        assert run.lines == []
        assert [type(line) for line in run.all_lines] == [Opened]
        assert sorted(p.name for p in run.path.iterdir()) == ["config.yaml", "journal.jsonl", "run.lock"]
    opened, closed = read_journal(run.path / "journal.jsonl")
    assert isinstance(opened, Opened)
    assert isinstance(closed, Closed)


def test_a_folder_that_holds_a_run_is_not_overwritten(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path, CONFIG) as run:
        run.journal.append(Sent(key="k", purpose="forward", engine="e", tokens=1))
    with pytest.raises(RunExistsError, match="holds a run already"):
        RunFolder.create(tmp_path, {})
    with RunFolder.resume(tmp_path) as run:
        assert run.config == CONFIG


def test_a_run_that_was_refused_at_its_start_is_in_nobodys_way(tmp_path: Path) -> None:
    RunFolder.create(tmp_path, {"steps": -1}).close()
    with RunFolder.create(tmp_path, CONFIG) as run:
        assert run.config == CONFIG
    assert RunFolder.read(tmp_path).config == CONFIG


def test_a_config_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("mine: 1\n")
    with pytest.raises(RunExistsError):
        RunFolder.create(tmp_path, CONFIG)
    assert (tmp_path / "config.yaml").read_text() == "mine: 1\n"


def test_an_empty_folder_or_one_with_other_files_will_do(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    RunFolder.create(tmp_path).close()
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.timeout(180)
def test_only_one_process_works_in_a_folder(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path, CONFIG):
        program = (
            "import sys\nfrom textgrad_lite.errors import RunLockedError\n"
            "from textgrad_lite.training import RunFolder\n"
            "assert RunFolder.read(sys.argv[1]).status == 'running'\n"
            "try:\n    RunFolder.resume(sys.argv[1])\nexcept RunLockedError:\n    print('locked')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "locked\n"
        with pytest.raises(RunLockedError, match="another process is working"):
            RunFolder.resume(tmp_path)
    assert RunFolder.read(tmp_path).status == "interrupted"


def test_the_lock_is_given_back_when_opening_fails(tmp_path: Path) -> None:
    RunFolder.create(tmp_path, CONFIG).close()
    journal = tmp_path / "journal.jsonl"
    good = journal.read_bytes()
    journal.write_bytes(b"nonsense\n" + good)
    for _ in range(2):
        with pytest.raises(RunError, match="not a line of a journal"):
            RunFolder.resume(tmp_path)
    journal.write_bytes(good)
    RunFolder.resume(tmp_path).close()


def test_the_lock_is_given_back_when_creating_fails(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(RunExistsError):
        RunFolder.create(tmp_path, CONFIG)
    (tmp_path / "journal.jsonl").rmdir()
    with pytest.raises(Exception, match="represent"):
        RunFolder.create(tmp_path, {"bad": object()})
    RunFolder.create(tmp_path, CONFIG).close()


def test_what_is_no_run_cannot_be_resumed_or_read(tmp_path: Path) -> None:
    for open_run in (RunFolder.resume, RunFolder.read):
        with pytest.raises(RunError, match="holds no run"):
            open_run(tmp_path)
    for text in ("- a\n", "a: [", "\xff"):
        (tmp_path / "config.yaml").write_bytes(text.encode("latin-1"))
        with pytest.raises(RunError, match=r"not a config|cannot be read"):
            RunFolder.resume(tmp_path)


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be used"):
        RunFolder.create(tmp_path / "file" / "run")


def test_best_and_diff_are_replaced(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path) as run:
        run.write_best("a\r\nb", "a\r\nc\n")
    assert (tmp_path / "best.txt").read_bytes() == b"a\r\nb"
    assert "-c\n+b\n\\ No newline at end of file\n" in (tmp_path / "diff.patch").read_text()
    assert RunRecord.read(tmp_path).best_text == "a\r\nb"


def test_a_best_text_that_cannot_be_read(tmp_path: Path) -> None:
    RunFolder.create(tmp_path).close()
    assert RunRecord.read(tmp_path).best_text is None
    (tmp_path / "best.txt").write_bytes(b"\xff")
    with pytest.raises(RunError, match=r"best\.txt cannot be read"):
        RunRecord.read(tmp_path)


def test_a_folder_that_was_killed_at_once_can_be_read(tmp_path: Path) -> None:
    RunFolder.create(tmp_path, CONFIG).close()
    (tmp_path / "journal.jsonl").unlink()
    (tmp_path / "run.lock").unlink()
    record = RunRecord.read(tmp_path)
    assert (record.status, record.events, record.result, record.config) == ("interrupted", (), None, CONFIG)
    RunFolder.resume(tmp_path).close()


def test_the_checkpoint_points_into_the_journal(tmp_path: Path) -> None:
    with RunFolder.create(tmp_path) as run:
        run.write_checkpoint({"status": "running"})
        size = (tmp_path / "journal.jsonl").stat().st_size
    assert json.loads((tmp_path / "checkpoint.json").read_text()) == {
        "journal_bytes": size,
        "status": "running",
    }


def test_closing_twice_is_allowed_and_an_error_is_noted(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="boom"), RunFolder.create(tmp_path) as run:
        raise ValueError("boom")
    run.close()
    last = read_journal(tmp_path / "journal.jsonl")[-1]
    assert isinstance(last, Closed)
    assert last.status == "interrupted"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.txt"
    write_atomically(path, "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(RunError, match="No space left"):
        write_atomically(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]
    assert path.read_text() == "old"


@given(before=st.text(alphabet="ab\n"), after=st.text(alphabet="ab\n"))
def test_a_diff_is_empty_only_for_equal_texts(before: str, after: str) -> None:
    assert (make_diff(before, after) == "") == (before == after)
