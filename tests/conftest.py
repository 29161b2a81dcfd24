"""Fixtures for every test: no network, no keys, no traces on this machine, nothing learned before."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from textgrad_lite.engines.providers.learned import forget_profiles
from textgrad_lite.testing.network import forbid_real_requests

# The same examples on every run, and no deadline: how busy the machine is says nothing about the code.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

# A job in the background is started with Ctrl-C ignored, and so would be the processes that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

_SPEAKING = ("_API_KEY", "_AUTH_TOKEN", "_BASE_URL", "_ENDPOINT", "_API_VERSION", "_PROXY", "_proxy")


@pytest.fixture(scope="session", autouse=True)
def _stay_on_this_machine() -> Iterator[None]:
    with forbid_real_requests():
        yield


@pytest.fixture(autouse=True)
def _start_clean(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test empty folders for caches and data, and an environment without keys and addresses."""
    home: Path = tmp_path_factory.mktemp("home")
    for variable in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    for variable in [name for name in os.environ if name.endswith(_SPEAKING)]:
        monkeypatch.delenv(variable)
    monkeypatch.setattr("textgrad_lite.engines.defaults._default", None)
    forget_profiles()
    yield
    forget_profiles()


@pytest.fixture
def matches_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with ``golden/NAME.txt`` beside the test; ``UPDATE_GOLDEN=1`` writes the file."""
    folder = request.path.parent / "golden"

    def compare(name: str, text: str) -> None:
        path = folder / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDEN"):
            folder.mkdir(exist_ok=True)
            path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
        assert f"{text}\n" == path.read_text(encoding="utf-8")

    return compare
