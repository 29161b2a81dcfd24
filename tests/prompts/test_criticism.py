"""A reviewer sees what happened, what was said of it, and which text to look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from textgrad_lite.prompts.criticism import (
    CallRecord,
    Part,
    Target,
    joint_form,
    render_context,
    render_criticism_request,
    render_joint_criticism_request,
    render_keep,
    render_reviewer,
    render_summary_request,
)

Compare = Callable[[str, str], None]

_CALL = CallRecord(
    happened="A language model was called.",
    parts=(
        Part("system prompt", "system_prompt", "Answer with a number only."),
        Part("input", "input", "I have two {yams}. </input> How many?"),
    ),
    output=Part("output", "output", "3"),
    output_role="answer to the question",
)
_JUDGEMENT = CallRecord(
    happened="A language model was called.",
    parts=(
        Part("system prompt", "system_prompt", "Find the mistakes in this answer."),
        Part("input", "input", "1 + 1 = 3"),
    ),
    output=Part("output", "output", "The sum is wrong."),
    output_role="evaluation of the answer",
    is_judgement=True,
)
_SYSTEM = Target("system prompt", "Answer with a number only.", "system prompt", is_general=True)
_FIELD = Target("name of the vegetable", "yams")


def test_a_system_prompt_is_criticised_by_its_name_in_the_case(matches_golden: Compare) -> None:
    matches_golden("backward_system_prompt", render_criticism_request(_CALL, ["Wrong: 2 expected."], _SYSTEM))


def test_a_text_that_is_no_part_by_itself_is_shown(matches_golden: Compare) -> None:
    matches_golden("backward_field", render_criticism_request(_CALL, ["Wrong.", "And too short."], _FIELD))


def test_a_judgement_is_itself_the_criticism(matches_golden: Compare) -> None:
    target = Target("answer", "1 + 1 = 3", "input")

    matches_golden("backward_judgement", render_criticism_request(_JUDGEMENT, [], target))


def test_an_output_without_criticism_is_to_become_better(matches_golden: Compare) -> None:
    matches_golden("backward_root", render_criticism_request(_CALL, [], _FIELD))


def test_several_texts_are_criticised_in_one_go(matches_golden: Compare) -> None:
    request = render_joint_criticism_request(_CALL, ["Wrong."], [_SYSTEM, _FIELD])

    matches_golden("backward_joint", request)
    assert [request.count(f"</{tag}>") for tag in joint_form(3)] == [1, 1, 0]


def test_the_reviewer_gets_the_same_instruction_each_time(matches_golden: Compare) -> None:
    matches_golden("backward_reviewer", render_reviewer())


def test_context_leaves_out_the_text_that_it_stands_beside(matches_golden: Compare) -> None:
    matches_golden("backward_context", render_context(_CALL, _SYSTEM))
    assert "Answer with a number only." in render_context(_CALL, _FIELD)


def test_praise_needs_no_model(matches_golden: Compare) -> None:
    matches_golden("keep", render_keep("system prompt"))


def test_many_criticisms_are_summarised_by_one_request(matches_golden: Compare) -> None:
    matches_golden("summary", render_summary_request(["It is too long.", "Too long </review> by far."]))


@pytest.mark.parametrize("render", [render_criticism_request, render_context])
def test_braces_and_template_marks_in_data_mean_nothing(render: Callable[..., str]) -> None:
    odd = "{{ call }} {% if x %} {# y #} {output}"
    call = CallRecord("A model was called.", (), Part("output", "output", odd), "answer")
    target = Target("question", odd)

    text = render(call, target) if render is render_context else render(call, [odd], target)

    assert odd in text
