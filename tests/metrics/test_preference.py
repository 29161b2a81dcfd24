"""Tests of textgrad_lite.metrics.preference: two replies side by side, in both orders."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from textgrad_lite.data import Example
from textgrad_lite.engines import Request
from textgrad_lite.errors import MetricError, ParseError
from textgrad_lite.metrics import PairwiseJudge, PreferredTo
from textgrad_lite.prompts.preference import parse_preference, render_preference
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.testing.scripted import get_text


def say(choice: object, reason: str = "It is polite.") -> str:
    return f"<reason>{reason}</reason>\n<better>{choice}</better>"


def prefers(word: str) -> Callable[[Request], str]:
    """A judge that prefers the reply with a word in it, wherever it stands."""

    def judge(request: Request) -> str:
        first = get_text(request).split("<reply-2>")[0]
        return say(1 if word in first else 2, f"It says {word}.")

    return judge


async def test_the_better_one_wins_in_both_orders() -> None:
    engine = ScriptedEngine().on(prefers("please"), purpose="judge")
    judge = PairwiseJudge("Be polite.", engine)
    for one, other, share in (("Sit, please.", "Sit!", 1.0), ("Sit!", "Sit, please.", 0.0)):
        found = await judge.compare("What now?", one, other)
        assert (found.share, found.is_consistent) == (share, True)
        assert found.reasons == ("It says please.", "It says please.")
    assert len(engine.asked("judge")) == 4
    assert all(request.temperature == 0.0 for request in engine.requests)


async def test_the_rubric_is_marked_as_what_all_requests_begin_with() -> None:
    engine = ScriptedEngine([say(1), say(2)])
    await PairwiseJudge("Be polite.", engine).compare("What now?", "a", "b")
    messages = [request.messages[0] for request in engine.requests]
    beginnings = {message.text[: message.shared_prefix] for message in messages}
    assert len(beginnings) == 1
    assert "Be polite." in beginnings.pop()


async def test_a_judge_that_prefers_what_stands_first_has_no_preference() -> None:
    found = await PairwiseJudge("r", ScriptedEngine([say(1), say(1)])).compare("q", "a", "b")
    assert (found.share, found.is_consistent) == (0.5, False)


async def test_a_difference_in_one_order_counts_half() -> None:
    found = await PairwiseJudge("r", ScriptedEngine([say(1), say("equal")])).compare("q", "a", "b")
    assert (found.share, found.is_consistent) == (0.75, False)


async def test_equal_replies_take_no_call() -> None:
    engine = ScriptedEngine([])
    assert (await PairwiseJudge("r", engine).compare("q", "a", "a")).share == 0.5
    assert engine.requests == []


async def test_a_reply_that_cannot_be_read_is_asked_for_once_more() -> None:
    engine = ScriptedEngine(["the first", say(2), say(1)])
    assert (await PairwiseJudge("r", engine).compare("q", "a", "b")).share in (0.0, 1.0, 0.5)
    assert len(engine.requests) == 3
    with pytest.raises(ParseError, match="no <better>"):
        await PairwiseJudge("r", ScriptedEngine(["?"] * 4)).compare("q", "a", "b")


@pytest.mark.parametrize(
    "text, first", [("1", 1.0), ("Reply 2", 0.0), ("equal", 0.5), ("**Tie**", 0.5), ("neither", 0.5)]
)
def test_choices_are_read(text: str, first: float) -> None:
    assert parse_preference(say(text)).first == first


@pytest.mark.parametrize("text", ["", "1 or 2", "12", "better"])
def test_what_is_no_choice_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_preference(say(text))


def test_the_reason_may_stand_before_the_choice() -> None:
    assert parse_preference("It is shorter.\n<better>1</better>").reason == "It is shorter."


def test_the_prompt_is_the_golden_one(matches_golden: Callable[[str, str], None]) -> None:
    text = render_preference(rubric="Be short.", question="Who?", first="I am <it>.", second="We\nare.")
    matches_golden("preference", text)


async def test_a_reply_is_scored_against_its_rival() -> None:
    judge = PairwiseJudge("Be polite.", ScriptedEngine().on(prefers("please"), purpose="judge"))
    metric = PreferredTo(judge)
    example = Example(id="1", input="What now?", fields={"rival": "Sit!"})
    better = await metric.score(example, "Sit, please.")
    assert (better.score, better.kind, better.feedback) == (
        1.0,
        "right",
        "Better than the rival: It says please.",
    )
    worse = await metric.score(example.model_copy(update={"fields": {"rival": "please"}}), "Sit!")
    assert (worse.score, worse.kind) == (0.0, "wrong")
    assert worse.feedback.startswith("Worse than the rival:")
    assert (await metric.score(example, "Sit!")).feedback.startswith("Not better than the rival")
    assert metric.description.endswith("Be polite.")
    assert metric.fingerprint() != PreferredTo(PairwiseJudge("Be rude.", judge.engine)).fingerprint()


def test_a_rival_is_needed() -> None:
    metric = PreferredTo(PairwiseJudge("r", ScriptedEngine()))
    with pytest.raises(MetricError, match="needs a field 'rival'"):
        metric.check(Example(id="1", input="q"))
