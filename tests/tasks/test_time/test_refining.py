"""Tests of textgrad_lite.tasks.test_time.refining."""

from __future__ import annotations

import pytest

import textgrad_lite as tg
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.losses import TextLoss
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.tasks.test_time import arefine, refine
from textgrad_lite.testing import ScriptedEngine

START, END = NEW_TEXT_TAGS


def rewriter(*versions: str) -> ScriptedEngine:
    """A critic that doubts everything, and rewrites to one version after the other."""
    engine = ScriptedEngine(name="critic").on("Doubtful.", purpose="loss").on("Check it.", purpose="backward")
    texts = iter(versions)
    return engine.on(lambda _: f"{START}\n{next(texts)}\n{END}", purpose="optimizer")


def test_an_answer_is_rewritten_so_many_times_and_put_to_the_vote() -> None:
    critic = rewriter("Answer: 4", "I think again.\nAnswer: 5", "Surely.\nAnswer: 4")
    student = ScriptedEngine(["Answer: 5"])
    found = refine("2 + 2?", student, critic=critic, temperature=0.5)
    assert found.versions == ("Answer: 5", "Answer: 4", "I think again.\nAnswer: 5", "Surely.\nAnswer: 4")
    assert found.answers == ("5", "4", "5", "4")
    assert found.criticisms == ("Doubtful.",) * 3
    assert (found.vote.answer, found.vote.confidence) == ("5", 0.5)
    assert found.chosen == "I think again.\nAnswer: 5"
    assert len(student.requests) == 1
    assert student.requests[0].temperature == 0.5
    assert [len(critic.asked(purpose)) for purpose in ("loss", "backward", "optimizer")] == [3, 3, 3]


async def test_everything_can_be_chosen() -> None:
    critic = rewriter("FOUR")
    student = ScriptedEngine(["four?"])
    found = await arefine(
        "2 + 2?",
        student,
        iterations=1,
        critic=critic,
        objective=TextLoss("Is it loud enough?", critic),
        read=lambda reply: reply if reply.isupper() else None,
        system_prompt="Shout.",
        constraints=["Only capitals."],
        draw=2,
    )
    assert found.answers == (None, "FOUR")
    assert found.vote.answer == "FOUR"
    assert student.requests[0].sample[0] == 2
    assert student.requests[0].messages[0].text == "Shout."
    assert "Only capitals." in critic.asked("optimizer")[0]
    assert "loud enough" in critic.asked("loss")[0]


def test_where_nothing_answers_the_last_version_is_chosen() -> None:
    found = refine("q", ScriptedEngine(["a"]), iterations=1, critic=rewriter("b"), read=lambda _: None)
    assert (found.vote.answer, found.chosen) == (None, "b")


def test_one_engine_may_do_it_all() -> None:
    engine = rewriter("Answer: 2").on("Answer: 1", purpose="forward")
    tg.set_backward_engine(engine, override=True)
    assert refine("q", iterations=1).answers == ("1", "2")


def test_the_first_answer_is_not_changed_by_the_rewrite() -> None:
    engine = rewriter("Answer: 2").on("Answer: 1", purpose="forward")
    assert refine("q", engine, iterations=1).versions[0] == "Answer: 1"


def test_no_iteration_is_no_refinement() -> None:
    with pytest.raises(ConfigurationError, match="at least one iteration"):
        refine("q", ScriptedEngine(["a"]), iterations=0)
