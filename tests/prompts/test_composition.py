"""A prompt joined to a strategy: the prompt stays whole, and the metric's mark is asked for."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.prompts.composition import answer_line, answer_mark, compose
from textgrad_lite.prompts.strategies import Strategy

STRATEGY = Strategy("slowly", "Take your time.")
LINE = "The last line is 'Answer: ' followed by the final answer."


def test_the_composed_prompt(matches_golden: Callable[[str, str], None]) -> None:
    matches_golden("composed", compose("Answer with a word only.", STRATEGY, LINE))


@given(st.text(min_size=1).map(lambda text: f"x{text}x"))
def test_the_prompt_stays_whole(original: str) -> None:
    composed = compose(original, STRATEGY, LINE)

    assert original in composed
    assert PromptTemplate.parse(composed).placeholders == PromptTemplate.parse(original).placeholders


@pytest.mark.parametrize(
    "description, mark",
    [
        ("The number after the last 'Answer:' counts.", "Answer:"),
        ('What follows "Final verdict:" is compared.', "Final verdict:"),
        ("It reads `Label:` first.", "Label:"),
        ("The reply must contain the answer: word for word.", None),
        ("It is 'good' or 'bad'.", None),
        ("The key '{x}:' is read.", None),
        ("", None),
    ],
)
def test_the_mark_is_what_the_metric_quotes(description: str, mark: str | None) -> None:
    assert answer_mark(description) == mark


def test_without_a_mark_no_form_is_asked_for() -> None:
    assert compose("Go.", STRATEGY) == "Take your time.\n\nFollow this instruction:\nGo."


def test_the_line_for_the_prompt_holds_the_mark() -> None:
    assert answer_line("What follows 'Verdict:' must be right.") == (
        "The last line is 'Verdict: ' followed by the final answer."
    )
    assert answer_line("It must be right.") == ""
