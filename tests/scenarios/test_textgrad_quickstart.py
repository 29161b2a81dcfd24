"""Programs written for textgrad run with only the import changed: its README's quick-start and loops."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import textgrad_lite as tg
from textgrad_lite.testing.scripted import ScriptedEngine

FIRST_ANSWER = "So, it will take 1.2 hours."
SECOND_ANSWER = "It will still take 1 hour if all shirts dry at once."


def _engine() -> ScriptedEngine:
    """Answer as a model does that learns from being told."""
    return (
        ScriptedEngine()
        .on(FIRST_ANSWER, purpose="forward")
        .on("Drying time does not grow with the number of shirts.", purpose="loss")
        .on("Do not assume proportionality.", purpose="backward")
        .on(_rewrite, purpose="optimizer")
    )


def _rewrite(request: Any) -> str:
    """Write the new text between the tags that the optimizer asked for."""
    found = re.search(r"<(new_\w+)>", request.messages[-1].text)
    assert found is not None
    return f"<{found[1]}>{SECOND_ANSWER}</{found[1]}>"


def test_the_quick_start_improves_an_answer() -> None:
    engine = _engine()
    tg.set_backward_engine(engine, override=True)
    model = tg.BlackboxLLM(engine)
    question_string = (
        "If it takes 1 hour to dry 25 shirts under the sun, how long will it take to dry 30 shirts under "
        "the sun? Reason step by step"
    )
    question = tg.Variable(question_string, role_description="question to the LLM", requires_grad=False)
    answer = model(question)
    assert answer.value == FIRST_ANSWER

    answer.set_role_description("concise and accurate answer to the question")
    optimizer = tg.TGD(parameters=[answer])
    evaluation_instruction = (
        f"Here's a question: {question_string}. Evaluate any given answer to this question, be smart, "
        "logical, and very critical. Just provide concise feedback."
    )
    loss_fn = tg.TextLoss(evaluation_instruction)
    loss = loss_fn(answer)
    loss.backward()
    optimizer.step()

    assert loss.value == "Drying time does not grow with the number of shirts."
    assert answer.get_gradient_text() == "Do not assume proportionality."
    assert answer.value == SECOND_ANSWER


def test_an_instance_is_improved() -> None:
    tg.set_backward_engine(_engine())
    solution = tg.Variable(
        "x1 = (7 + √73)", requires_grad=True, role_description="solution to the math question"
    )
    loss_fn = tg.TextLoss("You will evaluate a solution to a math question. Be super concise.")
    optimizer = tg.TGD(parameters=[solution])
    loss = loss_fn(solution)
    loss.backward()
    optimizer.step()

    assert solution.value == SECOND_ANSWER


@tg.function(purpose="tell whether the prediction ends in the right number: 1 if so, else 0")
def is_right(prediction: str, ground_truth_answer: str) -> int:
    return int(prediction.rstrip(".").endswith(f" {ground_truth_answer}"))


def eval_fn(inputs: dict[str, tg.Variable]) -> tg.Variable:
    """Stand in for what textgrad's load_task returns."""
    return is_right(**inputs)


class Student(tg.EngineLM):
    """An engine written for textgrad."""

    model_string = "student"

    def generate(self, prompt: Any, system_prompt: str | None = None, **kwargs: Any) -> str:
        return "In all: 10" if system_prompt == SECOND_ANSWER else "You have seven vegetables."

    def __call__(self, prompt: Any, system_prompt: str | None = None, **kwargs: Any) -> str:
        return self.generate(prompt, system_prompt=system_prompt, **kwargs)


def test_a_prompt_is_improved() -> None:
    llm_engine = Student()
    tg.set_backward_engine(_engine())
    question = tg.Variable(
        "How many vegetables?", role_description="question to the LLM", requires_grad=False
    )
    answer = tg.Variable("10", role_description="answer to the question", requires_grad=False)
    system_prompt = tg.Variable(
        "You are a concise LLM. Think step by step.",
        requires_grad=True,
        role_description="system prompt to guide the LLM's reasoning strategy for accurate responses",
    )
    model = tg.BlackboxLLM(llm_engine, system_prompt=system_prompt)
    optimizer = tg.TGD(parameters=list(model.parameters()))

    prediction = model(question)
    loss = eval_fn(inputs={"prediction": prediction, "ground_truth_answer": answer})
    assert loss.value == 0
    loss.backward()
    optimizer.step()

    assert system_prompt.value == SECOND_ANSWER
    assert eval_fn(inputs={"prediction": model(question), "ground_truth_answer": answer}).value == 1


@pytest.mark.parametrize("join", [tg.sum, tg.aggregate])
def test_the_prompt_optimisation_loop_runs_over_batches(
    join: Callable[[list[tg.Variable]], tg.Variable],
) -> None:
    tg.set_backward_engine(_engine(), override=True)
    system_prompt = tg.Variable(
        "Be concise.", requires_grad=True, role_description="system prompt to the model"
    )
    model = tg.BlackboxLLM(Student(), system_prompt)
    optimizer = tg.TextualGradientDescent(engine=_engine(), parameters=[system_prompt])

    for batch_x, batch_y in [(["q1", "q2"], ["10", "10"]), (["q3"], ["10"])]:
        optimizer.zero_grad()
        losses = []
        for x, y in zip(batch_x, batch_y, strict=True):
            x_variable = tg.Variable(x, requires_grad=False, role_description="query to the language model")
            y_variable = tg.Variable(y, requires_grad=False, role_description="correct answer for the query")
            response = model(x_variable)
            losses.append(eval_fn(inputs={"prediction": response, "ground_truth_answer": y_variable}))
        total_loss = join(losses)
        total_loss.backward()
        optimizer.step()

    assert system_prompt.value == SECOND_ANSWER
