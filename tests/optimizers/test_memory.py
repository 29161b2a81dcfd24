"""The optimizer's memory: bounded, ordered, and whole after a trip through JSON."""

import json

import pytest
from pydantic import JsonValue

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.memory import LONGEST_ENTRY, Memory
from textgrad_lite.prompts.rewrite import PastVersion


def filled(n_remarks: int = 2, n_versions: int = 3) -> Memory:
    memory = Memory(n_remarks, n_versions)
    for text, score in (("one", 0.9), ("two", None), ("three", 0.4), ("four", 0.5)):
        memory.note(text, score, [f"{text} is bad", "really"])
    return memory


def test_it_keeps_the_last_few_of_each() -> None:
    memory = filled()

    assert memory.remarks == ("three is bad\nreally", "four is bad\nreally")
    assert memory.versions("five") == (
        PastVersion("two"),
        PastVersion("three", 0.4),
        PastVersion("four", 0.5),
    )


def test_the_current_value_is_no_past_one() -> None:
    assert [version.text for version in filled().versions("three")] == ["two", "four"]


def test_a_value_that_comes_back_counts_once_with_its_last_score() -> None:
    memory = filled()
    memory.note("three", 0.7, [])

    assert memory.versions("") == (PastVersion("two"), PastVersion("four", 0.5), PastVersion("three", 0.7))
    assert len(memory.remarks) == 2


def test_without_room_it_keeps_nothing() -> None:
    memory = filled(0, 0)

    assert (memory.remarks, memory.versions("")) == ((), ())


def test_long_texts_are_bounded() -> None:
    memory = Memory(1, 1)
    text = "x" * 10 * LONGEST_ENTRY
    memory.note(text, None, [text])

    assert len(memory.remarks[0]) == len(memory.versions("")[0].text) == LONGEST_ENTRY + 2
    assert memory.versions(text) == ()


def test_it_comes_back_from_json() -> None:
    memory = filled()
    state = json.loads(json.dumps(memory.state_dict()))

    copy = Memory(2, 3).loaded(state)

    assert copy.state_dict() == memory.state_dict()
    assert copy.versions("") == memory.versions("")


def test_a_smaller_memory_takes_the_latest() -> None:
    copy = Memory(1, 1).loaded(filled().state_dict())

    assert copy.remarks == ("four is bad\nreally",)
    assert [version.text for version in copy.versions("")] == ["four"]


@pytest.mark.parametrize(
    "state", [{}, {"remarks": [1], "versions": []}, {"remarks": [], "versions": [["a"]]}]
)
def test_other_data_is_refused(state: dict[str, JsonValue]) -> None:
    with pytest.raises(ConfigurationError, match="no memory of an optimizer"):
        Memory(1, 1).loaded(state)
