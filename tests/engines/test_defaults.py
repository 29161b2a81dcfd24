"""One engine for the process, another one inside a with."""

from __future__ import annotations

import threading

import pytest

from tests.engines.doubles import Model
from textgrad_lite.engines import defaults
from textgrad_lite.engines.defaults import get_backward_engine, set_backward_engine, use_engine
from textgrad_lite.errors import ConfigurationError, UnknownNameError


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defaults, "_default", None)


def test_without_an_engine_the_way_out_is_told() -> None:
    with pytest.raises(ConfigurationError, match="set_backward_engine"):
        get_backward_engine()


def test_the_engine_of_the_process_can_be_set_and_replaced() -> None:
    set_backward_engine(Model(name="one"))
    set_backward_engine(Model(name="two"))
    assert get_backward_engine().name == "two"


def test_options_go_to_the_engine_that_a_name_means() -> None:
    set_backward_engine("ollama/llama3", temperature=0.0, cache=True)
    assert get_backward_engine().name == "ollama/llama3"
    with pytest.raises(UnknownNameError, match="temperature"):
        set_backward_engine("ollama/llama3", temprature=0.0)


def test_it_is_not_replaced_where_that_is_not_wanted() -> None:
    set_backward_engine(Model(name="one"))
    with pytest.raises(ConfigurationError, match="one"):
        set_backward_engine(Model(name="two"), override=False)
    assert get_backward_engine().name == "one"


def test_an_engine_holds_inside_its_with() -> None:
    set_backward_engine(Model(name="outer"))
    with use_engine(Model(name="inner")) as engine:
        assert get_backward_engine() is engine
        with use_engine("ollama/innermost"):
            assert get_backward_engine().name == "ollama/innermost"
        assert get_backward_engine().name == "inner"
    assert get_backward_engine().name == "outer"


def test_a_new_thread_sees_the_engine_of_the_process() -> None:
    set_backward_engine(Model(name="outer"))
    seen: list[str] = []
    with use_engine(Model(name="inner")):
        thread = threading.Thread(target=lambda: seen.append(get_backward_engine().name))
        thread.start()
        thread.join()
    assert seen == ["outer"]
