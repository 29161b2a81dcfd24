"""What the child does with its order, with a stand-in for llama.cpp."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from textgrad_lite.engines.local import child

SETTINGS: dict[str, Any] = {
    "path": "model.gguf",
    "alias": "tiny",
    "key": "secret",
    "prefix": "/nonce",
    "slots": 3,
    "context": 100,
    "batch": 64,
    "cache_megabytes": 8,
}


class _Parameters(SimpleNamespace):
    def __getattr__(self, name: str) -> _Parameters:
        value = _Parameters()
        setattr(self, name, value)
        return value


class _Server:
    """Writes three tokens, each after the seconds that its number of threads needs, on a clock of its own."""

    seconds: dict[int, float]
    opened: list[_Parameters]
    now: float
    tokens: int

    def __init__(self, parameters: _Parameters) -> None:
        self.threads: int = parameters.cpuparams.n_threads
        self.opened.append(parameters)

    def handle_completions(self, request: dict[str, Any], is_enough: Any) -> None:
        assert request["stream"]
        for _ in range(3):
            type(self).now += self.seconds[self.threads]
            type(self).tokens += 1
            if is_enough("token"):
                break


@pytest.fixture
def llama(monkeypatch: pytest.MonkeyPatch) -> type[_Server]:
    """The stand-in for the server class of llama.cpp."""
    for name, value in {"opened": [], "now": 0.0, "tokens": 0}.items():
        monkeypatch.setattr(_Server, name, value, raising=False)
    monkeypatch.setattr(child, "time", SimpleNamespace(monotonic=lambda: _Server.now))
    monkeypatch.setitem(sys.modules, "xllamacpp", SimpleNamespace(CommonParams=_Parameters, Server=_Server))
    return _Server


def test_server_listens_on_loopback_only_with_key_and_path(llama: type[_Server]) -> None:
    server, threads = child._start(SETTINGS | {"threads": [2]})
    parameters = llama.opened[0]
    assert (server.threads, threads) == (2, 2)
    assert parameters.hostnames == ["127.0.0.1"]
    assert parameters.port == 0
    assert parameters.api_keys == ["secret"]
    assert parameters.api_prefix == "/nonce"
    assert parameters.n_ctx == 300
    assert len(llama.opened) == 1


@pytest.mark.parametrize("seconds, chosen, loads", [({1: 1, 2: 9}, 1, 3), ({1: 9, 2: 1}, 2, 2)])
def test_probe_keeps_the_fastest_number_of_threads(
    llama: type[_Server], monkeypatch: pytest.MonkeyPatch, seconds: dict[int, float], chosen: int, loads: int
) -> None:
    monkeypatch.setattr(llama, "seconds", seconds, raising=False)
    server, threads = child._start(SETTINGS | {"threads": [1, 2], "slots": 1})
    assert server.threads == threads == chosen
    assert len(llama.opened) == loads


def test_probe_stops_a_number_of_threads_that_is_slower_already(
    llama: type[_Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama, "seconds", {1: 1.0, 2: 60.0}, raising=False)
    child._start(SETTINGS | {"threads": [1, 2], "slots": 1})
    assert llama.tokens == 3 + 1


def test_child_leaves_when_its_parent_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    monkeypatch.setattr("os.getppid", lambda: 1)
    monkeypatch.setattr("os.name", "posix")
    child._watch_parent(2)
    assert codes == [0]
