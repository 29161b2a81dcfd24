"""One run, killed again and again: nothing is lost, and no call is paid twice but those in flight.

The calls are counted by a server, which knows what was really sent. The journal's own account of the same is
tested in ``test_resume.py``.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from textgrad_lite.engines import Message, Request
from textgrad_lite.engines.types import Purpose
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.testing.loopback import LoopbackServer
from textgrad_lite.testing.loopback.messages import LoopbackRequest
from textgrad_lite.training import RunRecord
from textgrad_lite.training.journal import read_journal
from textgrad_lite.training.lines import Answered

CONCURRENCY = 3

PROGRAM = f"""
import sys
from textgrad_lite.engines import get_engine
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import RunFolder, Trainer

url, path, mode = sys.argv[1:]
task = SimulatedTask(5, noise=0.2)

def open_engine(name):
    options = dict(base_url=url, api_key_env="KEY_OF_THE_TEST", cache="off", concurrency={CONCURRENCY})
    return get_engine(f"openai/{{name}}", **options)

splits = task.splits(train=24, val=20, test=30)
model = PromptModel(task.prompt, open_engine("student"), examples=ExampleSlot())
with RunFolder.create(path) if mode == "create" else RunFolder.resume(path) as run:
    settings = dict(steps=7, batch_size=6, seed=5)
    trainer = Trainer(model, task.metric, engine=open_engine("critic"), run=run, **settings)
    trainer.fit(splits.train, splits.val, splits.test)
"""


def answer(request: LoopbackRequest) -> str:
    """What the simulated model says; a server can only guess from the text what it is asked for."""
    model = SimulatedTask(5, noise=0.2).engine
    rewriter = "<new_text>" in request.text
    purpose: Purpose = "forward" if request.model == "student" else ("optimizer" if rewriter else "backward")
    coroutine = model.complete(Request(messages=(Message.of("user", request.text),), purpose=purpose))
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return str(stop.value.text)
    raise AssertionError("the simulated model waits for nothing")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(answer, latency=0.01) as server:
        yield server


def start(server: LoopbackServer, path: Path) -> subprocess.Popen[bytes]:
    mode = "resume" if (path / "config.yaml").exists() else "create"
    search_path = ":".join(filter(None, sys.path))
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, server.openai_url, str(path), mode],
        env={**os.environ, "PYTHONPATH": search_path, "KEY_OF_THE_TEST": "none"},
    )


def finish(server: LoopbackServer, path: Path) -> RunRecord:
    with start(server, path) as process:
        assert process.wait(timeout=300) == 0
    return RunRecord.read(path)


def answers_in(path: Path) -> list[str]:
    journal = path / "journal.jsonl"
    return (
        [line.key for line in read_journal(journal) if isinstance(line, Answered)] if journal.exists() else []
    )


def has_received(n: int) -> Callable[[LoopbackServer], bool]:
    return lambda server: len(server.requests) >= n


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=[pytest.mark.slow, pytest.mark.timeout(3000)])])
def test_a_run_that_is_killed_again_and_again(tmp_path: Path, server: LoopbackServer, kills: int) -> None:
    expected = finish(server, tmp_path / "whole")
    n_calls = len(server.requests)
    server.forget()
    path, generator, lost = tmp_path / "killed", random.Random(7), 0
    for kill in range(kills):
        target = len(server.requests) + generator.randint(1, max(1, n_calls // kills))
        with start(server, path) as process:
            server.wait_until(has_received(target))
            process.kill()
        assert server.wait_until(lambda server: server.open == 0)
        answered = answers_in(path)
        in_flight = len(server.requests) - len(answered) - lost
        assert 0 <= in_flight <= 2 * CONCURRENCY, f"kill {kill}"
        lost += in_flight
        assert len(answered) == len(set(answered)), f"kill {kill}"
        if answered:
            events = RunRecord.read(path).events
            assert events == expected.events[: len(events)], f"kill {kill}"
    result = finish(server, path)
    assert result.events == expected.events
    assert (path / "best.txt").read_bytes() == (tmp_path / "whole" / "best.txt").read_bytes()
    assert sorted(answers_in(path)) == sorted(answers_in(tmp_path / "whole"))
    assert len(server.requests) == n_calls + lost
