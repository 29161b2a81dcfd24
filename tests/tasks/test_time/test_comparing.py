"""Tests of textgrad_lite.tasks.test_time.comparing: votes over refined and over plain answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import textgrad_lite as tg
from tests.tasks.conftest import jsonl
from textgrad_lite.engines import Completion, Request, as_engine
from textgrad_lite.engines.types import ImagePart
from textgrad_lite.errors import AuthenticationError, BudgetExceededError, EngineTimeoutError
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.tasks import LoadedTask, load_task
from textgrad_lite.tasks.test_time import QuestionResult, acompare_votes, compare_votes
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.testing.scripted import get_text

START, END = NEW_TEXT_TAGS
Load = Callable[[int], LoadedTask]


@pytest.fixture
def load_gpqa(tmp_path: Path) -> Load:
    def load(n: int) -> LoadedTask:
        header = "Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3\n"
        rows = "".join(f"Question {k}?,right,wrong,worse,worst\n" for k in range(n))
        path = tmp_path / "gpqa_diamond.csv"
        path.write_text(header + rows)
        return load_task("gpqa_diamond", path=path)

    return load


def critic_that_mends() -> ScriptedEngine:
    critic = ScriptedEngine(name="critic").on("Doubtful.", purpose="loss").on("Check it.", purpose="backward")
    return critic.on(f"{START}\nAnswer: right\n{END}", purpose="optimizer")


def test_refined_answers_are_compared_with_as_many_plain_ones(load_gpqa: Load) -> None:
    task = load_gpqa(8)
    student = ScriptedEngine().on("Answer: wrong", purpose="forward")
    seen: list[QuestionResult] = []
    found = compare_votes(task, student, critic=critic_that_mends(), on_question=seen.append, iterations=3)
    assert found.n_votes == 4
    assert found.calls_per_question == (10, 4)
    assert (found.first.mean, found.samples.mean, found.iterates.mean) == (0.0, 0.0, 1.0)
    assert found.comparison.p_value < 0.01
    assert [question.example_id for question in found.questions] == [example.id for example in task.test]
    assert len(seen) == 8
    assert seen[0].iterates.counts[seen[0].iterates.answer or ""] == 3
    assert len(student.requests) == 8 * 4, "the first answer is asked for once"
    assert {request.sample[0] for request in student.requests} == {0, 1, 2, 3}
    assert all(request.temperature == 0.7 for request in student.requests)
    assert student.requests[0].messages[0].text == task.prompt


def test_the_doubter_of_options_never_sees_the_right_answer(load_gpqa: Load) -> None:
    task, critic = load_gpqa(1), critic_that_mends()
    student = ScriptedEngine().on("Answer: worse", purpose="forward")
    compare_votes(task, student, critic=critic, iterations=1)
    [asked] = critic.asked("loss")
    assert "multiple-choice" in asked
    letter = task.test[0].target
    assert letter is not None
    assert asked.count(letter) == 1, "in the list of options alone"


def test_an_answer_that_cannot_be_read_scores_nothing(load_gpqa: Load) -> None:
    critic = ScriptedEngine().on("Doubtful.", purpose="loss").on("Check.", purpose="backward")
    critic.on(f"{START}\nI do not know.\n{END}", purpose="optimizer")
    student = ScriptedEngine().on("Who knows.", purpose="forward")
    [question] = compare_votes(load_gpqa(1), student, critic=critic, iterations=1).questions
    assert (question.iterates.answer, question.iterates_score, question.samples_score) == (None, 0.0, 0.0)


def failing_for(question: str, error: Exception) -> Callable[[Request], str | Completion]:
    def answer(request: Request) -> str:
        if question in get_text(request):
            raise error
        return "Answer: right"

    return answer


async def test_a_few_failed_questions_are_counted(load_gpqa: Load) -> None:
    student = ScriptedEngine().on(failing_for("Question 3?", EngineTimeoutError("slow")), purpose="forward")
    found = await acompare_votes(load_gpqa(12), student, critic=critic_that_mends(), iterations=1)
    assert len(found.questions) == 11
    assert found.failed == {"EngineTimeoutError": 1}
    assert found.iterates.mean == 1.0


@pytest.mark.parametrize(
    "question, error", [("Question", EngineTimeoutError("slow")), ("Question 3?", AuthenticationError("no"))]
)
def test_many_or_hopeless_failures_end_it(load_gpqa: Load, question: str, error: Exception) -> None:
    student = ScriptedEngine().on(failing_for(question, error), purpose="forward")
    with pytest.raises(type(error)):
        compare_votes(load_gpqa(12), student, critic=critic_that_mends(), iterations=1)


def test_where_a_limit_is_reached_the_finished_questions_count(load_gpqa: Load) -> None:
    student = ScriptedEngine().on("Answer: right", purpose="forward")
    critic = critic_that_mends()
    with tg.use_session(tg.Session(budget=tg.Budget(calls=40))):
        found = compare_votes(
            load_gpqa(20), as_engine(student), critic=as_engine(critic), iterations=1, at_once=2
        )
    assert 0 < len(found.questions) < 20
    assert found.failed == {"BudgetExceededError": 20 - len(found.questions)}
    with tg.use_session(tg.Session(budget=tg.Budget(calls=1))), pytest.raises(BudgetExceededError):
        compare_votes(load_gpqa(2), as_engine(student), critic=as_engine(critic), iterations=1)


def test_a_critic_that_fails_counts_as_failed(load_gpqa: Load) -> None:
    critic = ScriptedEngine().on("Doubtful.", purpose="loss")
    critic.on(failing_for("", EngineTimeoutError("slow")), purpose="backward")
    student = ScriptedEngine().on("Answer: right", purpose="forward")
    with pytest.raises(EngineTimeoutError):
        compare_votes(load_gpqa(2), student, critic=critic, iterations=1)


def test_open_questions_have_the_general_critic() -> None:
    task = load_task("object_counting")
    critic = ScriptedEngine().on("Doubtful.", purpose="loss").on("Check.", purpose="backward")
    critic.on(f"{START}\nAnswer: -1\n{END}", purpose="optimizer")
    student = ScriptedEngine().on("Answer: -2", purpose="forward")
    found = compare_votes(task, student, critic=critic, dataset=task.test[:2], iterations=1)
    assert found.first.n == 2
    assert "multiple-choice" not in critic.asked("loss")[0]


def test_questions_about_images_are_asked_and_doubted_with_the_image(
    tmp_path: Path, image_file: Path
) -> None:
    row = {"question": "Which?", "choices": ["x", "y"], "answer": 0, "image": image_file.name}
    path = tmp_path / "q.jsonl"
    path.write_bytes(jsonl([row]))
    task, critic = load_task("scienceqa", path=path), critic_that_mends()
    student = ScriptedEngine().on("Answer: x", purpose="forward")
    found = compare_votes(task, student, critic=critic, iterations=1)
    assert found.samples.mean == 1.0
    [asked] = [request for request in critic.requests if request.purpose == "loss"]
    for request in (student.requests[0], asked):
        assert any(isinstance(part, ImagePart) for message in request.messages for part in message.parts)
