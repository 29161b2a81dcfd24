"""A whole training over real sockets: its calls, its concurrency, its faults, its budget, its reruns."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import textgrad_lite as tg
from tests.scenarios.training_loop import BATCH, CALLS_PER_STEP, reply, train
from textgrad_lite.errors import AuthenticationError, BackwardError, BudgetExceededError, FunctionError
from textgrad_lite.testing.loopback import LoopbackRequest, LoopbackServer, RequiresKey, Seeded

PATIENT = tg.RetryPolicy(first_wait=0.0, max_wait=0.0)

MakeEngine = Callable[..., tg.Engine]


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(reply) as server:
        yield server


@pytest.fixture
def unread_errors() -> Iterator[None]:
    """A stopped training leaves errors that nobody reads; they are logged when its graph is collected."""
    yield
    gc.collect()


@pytest.fixture
def make_engine(server: LoopbackServer) -> MakeEngine:
    """Make an engine that asks the server; by default it has no cache and never waits between attempts."""

    def make(name: str = "openai/gpt-test", **options: Any) -> tg.Engine:
        url = server.anthropic_url if name.startswith("anthropic") else server.openai_url
        return tg.get_engine(name, base_url=url, api_key="key", cache="off", retry=PATIENT, **options)

    return make


def wait_for_requests(server: LoopbackServer, count: int) -> None:
    assert server.wait_until(lambda server: len(server.requests) >= count), len(server.requests)


def get_bodies(server: LoopbackServer) -> list[str]:
    return sorted(json.dumps(request.body) for request in server.requests)


@pytest.mark.parametrize("name", ["openai/gpt-test", "anthropic/claude-test"])
def test_only_five_calls_wait_for_each_other(
    server: LoopbackServer, make_engine: MakeEngine, name: str
) -> None:
    server.hold()
    training = threading.Thread(target=train, args=(make_engine(name),))
    training.start()

    for number in range(1, 5):
        wait_for_requests(server, number * BATCH)
        server.release(keep_holding=True)
    wait_for_requests(server, CALLS_PER_STEP)
    server.release()
    training.join()

    assert len(server.requests) == CALLS_PER_STEP
    assert server.peak == BATCH


@pytest.mark.parametrize("name", ["openai/gpt-test", "anthropic/claude-test"])
def test_faults_change_nothing_but_the_number_of_calls(
    server: LoopbackServer, make_engine: MakeEngine, name: str
) -> None:
    expected = train(make_engine(name), steps=2)
    bodies = set(get_bodies(server))
    assert len(server.requests) == 2 * CALLS_PER_STEP

    server.forget()
    server.faults = (Seeded(0.2, seed=1),)
    trained = train(make_engine(name), steps=2)

    assert trained == expected
    assert set(get_bodies(server)) == bodies
    assert len(server.requests) > 2 * CALLS_PER_STEP


@pytest.mark.usefixtures("unread_errors")
@pytest.mark.parametrize("calls", [0, 1, 20, 50, 100, 170, 400])
def test_budget_is_never_exceeded(server: LoopbackServer, make_engine: MakeEngine, calls: int) -> None:
    server.faults = (Seeded(0.2, seed=1),)
    budget = tg.Budget(calls=calls)

    with tg.use_session(tg.Session(budget=budget)):
        try:
            train(make_engine(), steps=2)
            stopped = False
        except (BudgetExceededError, FunctionError, BackwardError):
            stopped = True

    assert len(server.requests) <= calls
    assert stopped == (calls < 2 * CALLS_PER_STEP)


def test_wrong_key_costs_one_request(server: LoopbackServer, make_engine: MakeEngine) -> None:
    server.faults = (RequiresKey("another"),)

    with pytest.raises(AuthenticationError):
        make_engine().generate("hi")

    assert len(server.requests) == 1


@pytest.mark.usefixtures("unread_errors")
def test_wrong_key_in_a_loop_costs_no_more_than_are_open(
    server: LoopbackServer, make_engine: MakeEngine
) -> None:
    server.faults = (RequiresKey("another"),)

    with pytest.raises((FunctionError, BackwardError)):
        train(make_engine(concurrency=4))

    assert 1 <= len(server.requests) <= 4


def test_rerun_in_a_new_process_asks_nothing(server: LoopbackServer, tmp_path: Path) -> None:
    """Another hash seed changes the order of sets, so an order taken from one would show up as a request."""
    first = run_process(server, tmp_path, seed="1")
    asked = len(server.requests)
    second = run_process(server, tmp_path, seed="2")

    assert first == second
    assert first.startswith("Say ")
    assert asked == 2 * CALLS_PER_STEP
    assert len(server.requests) == asked


def run_process(server: LoopbackServer, cache: Path, *, seed: str) -> str:
    script = Path(__file__).with_name("training_loop.py")
    environment = os.environ | {"XDG_CACHE_HOME": str(cache), "PYTHONHASHSEED": seed}
    command = [sys.executable, "-W", "error", str(script), server.openai_url, "2"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_order_of_the_answers_does_not_matter(server: LoopbackServer, make_engine: MakeEngine) -> None:
    expected = train(make_engine(), steps=2)
    bodies = get_bodies(server)
    server.forget()

    def answer_backwards(request: LoopbackRequest) -> str:
        # Later requests of a wave are answered earlier.
        server.latency = 0.002 * (BATCH - request.number % BATCH)
        return reply(request)

    server.reply = answer_backwards

    assert train(make_engine(), steps=2) == expected
    assert get_bodies(server) == bodies
