"""Tests of textgrad_lite.metrics.judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from textgrad_lite.data import Example
from textgrad_lite.engines import Completion
from textgrad_lite.errors import ConfigurationError, ParseError
from textgrad_lite.metrics import get_metric
from textgrad_lite.prompts.judgement import render_judgement
from textgrad_lite.testing import ScriptedEngine

EXAMPLE = Example(id="1", input="Who are you?", target="A model.")


def grade(number: object, reason: str = "It is dull.") -> str:
    return f"<reason>{reason}</reason>\n<grade>{number}</grade>"


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    path = tmp_path / "rubric.txt"
    path.write_text("\ufeffBe polite.\nBe short.\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "answer, score, kind",
    [
        (grade(10), 1.0, "right"),
        (grade(8), 0.8, "right"),
        (grade("7.5"), 0.75, "wrong"),
        (grade(0), 0.0, "wrong"),
    ],
)
async def test_the_grade_is_the_score(rubric: Path, answer: str, score: float, kind: str) -> None:
    engine = ScriptedEngine([answer])
    result = await get_metric(f"judge:{rubric}", engine=engine).score(EXAMPLE, "Hi")
    assert (result.score, result.kind, result.feedback) == (score, kind, "It is dull.")


async def test_the_judge_sees_rubric_question_target_and_reply(rubric: Path) -> None:
    engine = ScriptedEngine([grade(9)])
    metric = get_metric(f"judge:{rubric}", engine=engine)
    await metric.score(EXAMPLE, "I am <reply>")
    (request,) = engine.requests
    text = request.messages[0].text
    assert all(part in text for part in ("Be polite.\nBe short.", "Who are you?", "A model.", "I am <reply>"))
    assert (request.purpose, request.temperature, request.sample) == ("judge", 0.0, (0, 0))
    assert "Be polite. Be short." in metric.description


async def test_what_all_requests_begin_with_is_marked(rubric: Path) -> None:
    engine = ScriptedEngine([grade(9), grade(9)])
    metric = get_metric(f"judge:{rubric}", engine=engine)
    await metric.score(EXAMPLE, "Hi")
    await metric.score(EXAMPLE.model_copy(update={"input": "Where?", "target": None}), "Here")
    first, second = (request.messages[0] for request in engine.requests)
    shared = first.text[: first.shared_prefix]
    assert first.shared_prefix == second.shared_prefix
    assert second.text.startswith(shared)
    assert "Be polite.\nBe short." in shared


def test_the_prompt_is_the_golden_one(matches_golden: Callable[[str, str], None]) -> None:
    asked = {"rubric": "Be polite.", "question": "Who are you?", "reply": "A <reply> of\ntwo lines."}
    matches_golden("judge", render_judgement(target="A model.", **asked))
    matches_golden("judge_without_target", render_judgement(target=None, **asked))


async def test_an_unreadable_reply_is_asked_for_once_more(rubric: Path) -> None:
    engine = ScriptedEngine(["well", grade(10)])
    result = await get_metric(f"judge:{rubric}", engine=engine).score(EXAMPLE, "Hi")
    assert result.score == 1.0
    assert [request.sample for request in engine.requests] == [(0, 0), (0, 1)]


@pytest.mark.parametrize("reply", ["well", grade(11), grade("eight"), "<grade>-3</grade>"])
async def test_two_unreadable_replies_are_an_error_and_no_score(rubric: Path, reply: str) -> None:
    with pytest.raises(ParseError, match="from 0 to 10"):
        await get_metric(f"judge:{rubric}", engine=ScriptedEngine([reply, reply])).score(EXAMPLE, "Hi")


async def test_a_grade_that_was_cut_off_is_not_read(rubric: Path) -> None:
    cut = Completion(text=grade(1), finish_reason="length")
    result = await get_metric(f"judge:{rubric}", engine=ScriptedEngine([cut, grade(10)])).score(EXAMPLE, "Hi")
    assert result.score == 1.0


async def test_a_reason_without_its_tag_is_what_stands_before_the_grade(rubric: Path) -> None:
    engine = ScriptedEngine(["Quite rude.\n<grade>2</grade>"])
    result = await get_metric(f"judge:{rubric}", engine=engine).score(EXAMPLE, "Hi")
    assert result.feedback == "Quite rude."


def test_rubrics_that_cannot_be_used(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n")
    for path, message in ((tmp_path / "none.txt", "cannot be read"), (empty, "is empty")):
        with pytest.raises(ConfigurationError, match=message):
            get_metric(f"judge:{path}", engine=ScriptedEngine())


def test_the_fingerprint_follows_rubric_and_judge(rubric: Path) -> None:
    prints = {get_metric(f"judge:{rubric}", engine=ScriptedEngine(name=name)).fingerprint() for name in "ab"}
    rubric.write_text("Be rude.")
    prints.add(get_metric(f"judge:{rubric}", engine=ScriptedEngine(name="a")).fingerprint())
    assert len(prints) == 3
