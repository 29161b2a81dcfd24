"""Tests of textgrad_lite.testing.simulated_task."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import pytest

from textgrad_lite import runtime
from textgrad_lite.engines import Message, Purpose, Request
from textgrad_lite.errors import ScriptExhaustedError
from textgrad_lite.functions import PromptModel
from textgrad_lite.metrics import get_metric
from textgrad_lite.prompts.rewrite import (
    NEW_TEXT_TAGS,
    PastVersion,
    Remark,
    RewriteTask,
    Template,
    render_rewrite_request,
)
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.testing.simulated_model import VOCABULARY
from textgrad_lite.training import evaluate


def ask(task: SimulatedTask, purpose: Purpose, text: str, draw: int = 0) -> str:
    request = Request(messages=(Message.of("user", text),), purpose=purpose, sample=(draw, 0))
    return runtime.run(task.engine.complete(request)).text


def test_what_it_hides_stands_in_no_prompt_and_no_strategy_of_ours() -> None:
    texts = [
        path.read_text(encoding="utf-8").lower()
        for folder in ("templates", "strategies")
        for path in resources.files("textgrad_lite.prompts").joinpath(folder).iterdir()
        if path.name.endswith((".jinja", ".md"))
    ]
    texts += [
        path.read_text(encoding="utf-8").lower()
        for path in resources.files("textgrad_lite.prompts").iterdir()
        if path.name.endswith(".py")
    ]
    texts += [get_metric(name).description.lower() for name in ("exact", "numeric", "contains", "json")]
    texts.append(SimulatedTask.prompt.lower())
    assert len(texts) > 20
    found = [word for word in VOCABULARY for text in texts if re.search(rf"\b{word}", text)]
    assert found == []


def test_the_seed_decides_everything() -> None:
    assert SimulatedTask(1).requirements == SimulatedTask(1).requirements
    assert len({SimulatedTask(seed).requirements for seed in range(20)}) > 15
    assert SimulatedTask(1).dataset(5).digest == SimulatedTask(1).dataset(5).digest
    assert SimulatedTask(1).engine.name != SimulatedTask(2).engine.name
    assert not set(SimulatedTask(3).requirements) & set(SimulatedTask(3).distractors)


def mean(task: SimulatedTask, prompt: str, n: int = 200) -> float:
    return evaluate(PromptModel(prompt, task.engine), task.metric, task.dataset(n)).mean or 0.0


def test_the_score_follows_what_the_prompt_says() -> None:
    task = SimulatedTask(4)
    one, two, three = task.requirements
    scores = [
        mean(task, text)
        for text in (task.prompt, f"Use {one}.", f"Use {one} {two}.", f"Use {one} {two} {three}.")
    ]
    assert scores == sorted(scores)
    assert scores[0] == pytest.approx(task.luck, abs=0.06)
    assert scores[3] == mean(task, task.perfect_prompt) == 1.0
    assert mean(task, f"Use {task.distractors[0]}.") == pytest.approx(task.luck, abs=0.06)


def test_noise_spoils_some_cases() -> None:
    task = SimulatedTask(4, noise=0.2)
    assert mean(task, task.perfect_prompt) == pytest.approx(0.8, abs=0.07)


def test_in_a_null_task_no_prompt_matters() -> None:
    task = SimulatedTask(4, has_effect=False, luck=0.4)
    scores = [mean(task, prompt) for prompt in (task.prompt, task.perfect_prompt, "anything")]
    assert all(score == pytest.approx(0.4, abs=0.1) for score in scores)


def test_the_student_says_what_it_did_without() -> None:
    task = SimulatedTask(4, luck=0.0)
    number = next(n for n in range(1, 50) if len(task.needs(n)) == 1)
    case = task.example(number).input
    (need,) = task.needs(number)
    assert ask(task, "forward", f"Settle it.\n\n{case}") == f"It was done without {need}.\nAnswer: none"
    assert ask(task, "forward", f"Use {need}.\n\n{case}") == (
        f"It was done with {need}.\nAnswer: {task.answer(number)}"
    )
    assert ask(task, "forward", "hello") == "There is no case."


def test_a_lucky_or_a_noisy_case_blames_nothing_that_matters() -> None:
    lucky = SimulatedTask(4, luck=1.0)
    assert ask(lucky, "forward", lucky.example(1).input).startswith("It was done with luck.")
    noisy = SimulatedTask(4, noise=1.0, distractors=1)
    prompt = noisy.perfect_prompt
    assert ask(noisy, "forward", f"{prompt} {noisy.example(1).input}").startswith(
        f"It was done without {noisy.distractors[0]}"
    )
    careless = SimulatedTask(4, noise=1.0, distractors=0)
    assert "without care" in ask(
        careless, "forward", f"{careless.perfect_prompt} {careless.example(1).input}"
    )


def test_the_critic_knows_only_what_stands_in_the_text() -> None:
    task = SimulatedTask(4)
    assert ask(task, "backward", "It was done without brindle.") == "The text should ask for brindle."
    assert ask(task, "backward", "It went wrong.") == "The text should be clearer."
    joint = ask(
        task, "backward", "It was done without brindle. <change_1>…</change_1> <change_2>…</change_2>"
    )
    wish = "The text should ask for brindle."
    assert joint == f"<change_1>{wish}</change_1>\n<change_2>{wish}</change_2>"


@pytest.mark.parametrize(
    "draw, words", [(0, "brindle and croft"), (1, "croft and dapple"), (2, "dapple and brindle")]
)
def test_the_rewriter_adds_what_is_asked_for_and_not_there_yet(draw: int, words: str) -> None:
    remarks = " ".join(f"It should ask for {word}." for word in ("brindle", "croft", "dapple", "mottle"))
    request = f"Improve this:\n<instruction>\nUse mottle.\n</instruction>\n{remarks}"
    reply = ask(SimulatedTask(4), "optimizer", request, draw)
    assert reply == f"<new_text>\nUse mottle. Use {words}.\n</new_text>"


@pytest.mark.parametrize("purpose", ["backward", "optimizer"])
def test_critic_and_rewriter_depend_on_the_text_alone(purpose: Purpose) -> None:
    text = (
        "Improve this:\n<text>\nUse mottle.\n</text>\nIt was done without brindle. It should ask for croft."
    )
    tasks = (SimulatedTask(1), SimulatedTask(2, requirements=5), SimulatedTask(3, has_effect=False))
    assert len({ask(task, purpose, text) for task in tasks}) == 1


def test_the_rewriter_without_a_wish() -> None:
    assert "Use care." in ask(SimulatedTask(4), "optimizer", "Improve nothing.")


def test_it_does_not_judge() -> None:
    with pytest.raises(ScriptExhaustedError, match="judge"):
        ask(SimulatedTask(4), "judge", "x")


def test_splits_have_the_sizes_that_are_asked_for() -> None:
    splits = SimulatedTask(0).splits(train=3, val=4, test=5)
    assert splits.test is not None
    assert [len(splits.train), len(splits.val), len(splits.test)] == [3, 4, 5]


def test_the_optimum_is_known_and_what_is_expected_follows_the_prompt() -> None:
    task = SimulatedTask(4, noise=0.1)
    assert task.optimum == pytest.approx(0.9)
    assert task.expectation(task.prompt) == pytest.approx(task.luck)
    for prompt in (task.prompt, f"Use {task.requirements[0]}.", task.perfect_prompt):
        assert mean(task, prompt, 400) == pytest.approx(task.expectation(prompt), abs=0.07)


def test_the_trap_is_better_than_the_start_and_hides_what_the_requirements_are_worth() -> None:
    task = SimulatedTask(4, has_trap=True)
    assert task.trap not in (*task.requirements, *task.distractors)
    trapped = f"{task.prompt} Use {task.trap}."
    assert task.expectation(task.prompt) < task.expectation(trapped) < task.optimum == 1.0
    assert task.expectation(f"{task.perfect_prompt} Use {task.trap}.") == task.expectation(trapped)


def test_students_in_the_trap_say_what_is_missing_and_then_what_led_them_astray() -> None:
    task = SimulatedTask(4, has_trap=True, luck=0.0)
    bare = {task.complaint(number, task.prompt) for number in range(1, 40)}
    assert f"It was done without {task.trap}." in bare
    assert len(bare) > 2
    assert f"It was led astray by {task.trap}." in {
        task.complaint(number, f"{task.perfect_prompt} Use {task.trap}.") for number in range(1, 40)
    }
    assert ask(task, "backward", "It was led astray by brindle.") == "The text should drop brindle."
    request = "Improve this:\n<text>\nUse brindle.\n</text>\nThe text should drop brindle."
    assert "brindle" not in ask(task, "optimizer", request)


def test_a_distracted_student_complains_about_what_does_not_matter() -> None:
    task = SimulatedTask(4, luck=0.0, distraction=0.5)
    complaints = [task.complaint(number, task.prompt) for number in range(1, 200)]
    distracted = sum(task.distractors[0] in complaint for complaint in complaints)
    assert distracted / len(complaints) == pytest.approx(0.5, abs=0.12)


def test_insight_shows_in_the_solutions_of_lucky_cases() -> None:
    task = SimulatedTask(4, luck=1.0, insight=1.0)
    assert task.requirements[0] in " ".join(task.solution(number, task.prompt) for number in range(1, 30))
    assert SimulatedTask(4, luck=1.0).solution(1, "Settle it.") == "It was done with luck."


def test_advice_fulfils_some_requirements() -> None:
    task = SimulatedTask(4, advised=2)
    assert task.advice is not None
    one, two, three = task.requirements
    advised = task.expectation(task.advice.text)
    assert advised == task.expectation(f"Use {one} and {two}.") > task.luck
    assert task.expectation(f"{task.advice.text} Use {three}.") == 1.0


def test_some_rewrites_slip_and_are_seldom_the_same() -> None:
    task = SimulatedTask(4, slips=0.5)
    request = "Improve this:\n<text>\nUse mottle.\n</text>\nThe text should ask for brindle."
    replies = [ask(task, "optimizer", f"{request} {number}") for number in range(60)]
    slipped = [reply for reply in replies if "brindle" not in reply]
    assert len(slipped) / len(replies) == pytest.approx(0.5, abs=0.2)
    assert all("mottle" not in reply for reply in slipped)
    assert len(set(slipped)) > 0.8 * len(slipped)


def rewrite(template: Template, text: str = "Use mottle.", draw: int = 0, **shown: Any) -> str:
    """What becomes of a text where the library's own request asks for it."""
    task = RewriteTask(role="prompt", text=text, template=template, **shown)
    reply = ask(SimulatedTask(4), "optimizer", render_rewrite_request(task, NEW_TEXT_TAGS), draw)
    return reply.removeprefix("<new_text>\n").removesuffix("\n</new_text>")


def words_of(text: str) -> set[str]:
    return {word for word in VOCABULARY if word in text}


def test_it_joins_two_texts() -> None:
    joined = rewrite("rewrite_crossover", past_versions=(PastVersion("Use croft.", 0.5),))
    assert words_of(joined) == {"mottle", "croft"}


def test_it_says_the_same_in_other_words() -> None:
    said = [rewrite("rewrite_paraphrase", draw=draw) for draw in range(3)]
    assert len(set(said)) == 3
    assert all(words_of(text) == {"mottle"} for text in said)


def test_it_varies_a_text_by_one_word() -> None:
    varied = [rewrite("rewrite_mutation", draw=draw) for draw in range(40)]
    assert {len(words_of(text) ^ {"mottle"}) for text in varied} == {1}


def test_it_goes_on_from_the_best_text_and_from_what_was_missed() -> None:
    missed = (Remark("It is wrong.", context="It was done without brindle."),)
    past = (PastVersion("Use croft.", 0.2), PastVersion("Use dapple.", 0.5))
    assert words_of(rewrite("rewrite_history", remarks=missed, past_versions=past)) == {"dapple", "brindle"}
