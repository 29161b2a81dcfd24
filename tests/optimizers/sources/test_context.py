"""Names of states, and choices that are the same everywhere."""

import subprocess
import sys

from tests.optimizers.sources.modules import context_of, one_prompt
from textgrad_lite.optimizers.sources import Candidate, state_id
from textgrad_lite.optimizers.sources.context import candidates_from


def test_equal_states_have_equal_ids() -> None:
    assert state_id({"a": "x", "b": 1}) == state_id({"b": 1, "a": "x"})
    assert state_id({"a": "x"}) != state_id({"a": "y"})
    assert state_id({"a": "\ud800"}) != state_id({"a": "?"})


def test_an_id_is_the_same_in_every_process() -> None:
    code = "from textgrad_lite.optimizers import state_id; print(state_id({'a': 'ä', 'b': [1]}))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert found == {state_id({"b": [1], "a": "ä"})}


def test_choices_depend_on_seed_and_purpose_only() -> None:
    context = context_of(one_prompt(), seed=3)

    assert context.random("a", 1).random() == context_of(one_prompt(), seed=3).random("a", 1).random()
    assert context.random("a", 1).random() != context.random("a", 2).random()
    assert context.random("a", 1).random() != context_of(one_prompt(), seed=4).random("a", 1).random()


def test_the_state_itself_is_no_candidate() -> None:
    context = context_of(one_prompt())

    assert candidates_from(context, Candidate(dict(context.state), "me")) == ()
