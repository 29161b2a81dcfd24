"""The way in which textgrad's own evaluation trains a prompt on a task runs here, with our names imported."""

from __future__ import annotations

import re
from typing import Any

import textgrad_lite as tg
from textgrad_lite.engines import Request
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.tasks import DataLoader, load_task
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.testing.scripted import get_text

START, END = NEW_TEXT_TAGS
BETTER = "Sort by hand, letter by letter. The last line is 'Answer: ' and the words."


def student() -> ScriptedEngine:
    """A model that sorts words only where it is told to do it by hand."""

    def answer(request: Request) -> str:
        words = re.findall(r"List: (.*)", get_text(request))[-1].split()
        return f"Answer: {' '.join(sorted(words) if 'by hand' in get_text(request) else words)}"

    return ScriptedEngine(name="student").on(answer, purpose="forward")


def rewriter() -> ScriptedEngine:
    engine = ScriptedEngine(name="rewriter").on("Say how to sort.", purpose="backward")
    return engine.on(f"{START}\n{BETTER}\n{END}", purpose="optimizer")


def score_sample(item: tuple[str, str], eval_fn: Any, model: tg.BlackboxLLM) -> int:
    x, y = item
    query = tg.Variable(x, requires_grad=False, role_description="query to the language model")
    truth = tg.Variable(y, requires_grad=False, role_description="correct answer for the query")
    return int(eval_fn(inputs={"prediction": model(query), "ground_truth_answer": truth}).value)


def test_a_prompt_is_trained_by_textgrads_loop() -> None:
    train_set, val_set, test_set, eval_fn = load_task("word_sorting", evaluation_api=rewriter())
    llm, critic = student(), rewriter()
    tg.set_backward_engine(critic, override=True)
    system_prompt = tg.Variable(
        train_set.get_task_description(), requires_grad=True, role_description="system prompt to the model"
    )
    model = tg.BlackboxLLM(llm, system_prompt)
    optimizer = tg.TextualGradientDescent(engine=critic, parameters=[system_prompt])
    assert sum(score_sample(item, eval_fn, model) for item in val_set[:10]) < 3
    for batch_x, batch_y in DataLoader(train_set, batch_size=3, shuffle=True):
        optimizer.zero_grad()
        losses = []
        for x, y in zip(batch_x, batch_y, strict=True):
            response = model(tg.Variable(x, requires_grad=False, role_description="query"))
            truth = tg.Variable(y, requires_grad=False, role_description="correct answer")
            losses.append(eval_fn(inputs={"prediction": response, "ground_truth_answer": truth}))
        total_loss = tg.sum(losses)
        total_loss.backward()
        optimizer.step()
        break
    assert system_prompt.value == BETTER
    assert sum(score_sample(item, eval_fn, model) for item in test_set[:10]) == 10
