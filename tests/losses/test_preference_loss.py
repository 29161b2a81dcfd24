"""The loss that compares an answer with a rival: its reasons are the criticism."""

from __future__ import annotations

import pytest

import textgrad_lite as tg
from textgrad_lite.losses import PreferenceLoss, SelfCritic
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.testing.scripted import get_text


def say(choice: int) -> str:
    return f"<reason>The other one is shorter.</reason><better>{choice}</better>"


@pytest.mark.parametrize("as_variable", [True, False])
def test_the_judges_reasons_reach_the_answer_without_a_further_call(as_variable: bool) -> None:
    engine = ScriptedEngine([say(2), say(1)])
    answer = tg.Variable("A long answer.", role_description="answer")
    rival = tg.Variable("Short.", role_description="rival") if as_variable else "Short."
    loss = PreferenceLoss("Be short.", engine)("What?", answer, rival)
    assert str(loss.value).startswith("0: Worse than the rival")
    loss.backward(ScriptedEngine([]))
    assert "The other one is shorter." in answer.get_gradient_text()
    assert len(engine.requests) == 2


def test_the_backward_engine_judges_where_no_other_is_named() -> None:
    tg.set_backward_engine(ScriptedEngine([say(1), say(2)]), override=True)
    answer = tg.Variable("Short.", role_description="answer")
    loss = PreferenceLoss("Be short.")("What?", answer, "A long answer.")
    assert str(loss.value).startswith("1: Better than the rival")


def test_a_self_critic_sees_question_and_answer_and_doubts() -> None:
    engine = ScriptedEngine(["The second step is wrong."]).on("Mend it.", purpose="backward")
    answer = tg.Variable("2 + 2 = 5", role_description="answer")
    loss = SelfCritic(engine=engine)("How much is 2 + 2?", answer)
    assert loss.value == "The second step is wrong."
    asked = get_text(engine.requests[0])
    assert all(text in asked for text in ("How much is 2 + 2?", "2 + 2 = 5", "step by step", "not known"))
    loss.backward(engine)
    assert "Mend it." in answer.get_gradient_text()
