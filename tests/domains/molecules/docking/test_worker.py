"""What the worker answers, with a stand-in for the docking programs."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from textgrad_lite.domains.molecules.docking import worker


def install(monkeypatch: pytest.MonkeyPatch, dock: Callable[[worker.Job], float]) -> None:
    monkeypatch.setattr(worker, "_BACKENDS", {"toy": dock})


def test_an_affinity_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, lambda job: -7.5)
    assert worker.answer({"backend": "toy"}) == {"affinity": -7.5}


def test_what_a_program_raises_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(job: worker.Job) -> float:
        raise RuntimeError("no pose")

    install(monkeypatch, fail)
    assert worker.answer({"backend": "toy"}) == {"failure": "no pose (RuntimeError)"}


@pytest.mark.parametrize("error", [OSError(28, "no space left"), MemoryError()])
def test_what_is_the_machines_fault_is_no_answer(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(job: worker.Job) -> float:
        raise error

    install(monkeypatch, fail)
    with pytest.raises(type(error)):
        worker.answer({"backend": "toy"})


def test_a_package_that_is_not_there_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(job: worker.Job) -> float:
        raise ModuleNotFoundError("No module named 'vina'", name="vina")

    install(monkeypatch, fail)
    assert worker.answer({"backend": "toy"}) == {"missing": "vina"}


def test_what_programs_print_does_not_reach_the_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def chat(job: worker.Job) -> float:
        os.write(1, b"Computing grid ... done.\n")
        return -1.0

    install(monkeypatch, chat)
    limits: list[int] = []
    monkeypatch.setattr(worker, "end_with_parent", lambda: None)
    monkeypatch.setattr(worker, "limit_processor_time", limits.append)
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"backend": "toy", "processor_seconds": 7}\n'))
    saved = os.dup(1)
    try:
        worker.main()
    finally:
        os.dup2(saved, 1)
        os.close(saved)
    said, complaints = capfd.readouterr()
    assert json.loads(said) == {"affinity": -1.0}
    assert limits == [7]
    assert "Computing grid" in complaints
