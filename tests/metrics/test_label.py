"""Tests of textgrad_lite.metrics.label."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Example
from textgrad_lite.errors import ConfigurationError, MetricError
from textgrad_lite.metrics import get_metric


def example(target: str) -> Example:
    return Example(id="7", input="question", target=target)


@pytest.mark.parametrize(
    "labels, reply, found",
    [
        ("yes|no", "Answer: Yes", "yes"),
        ("yes|no", "Answer: **No**, it is not.", "no"),
        ("yes|no", "Answer: No, so yes is wrong", "no"),
        ("yes|no", "No... I mean yes.", "yes"),
        ("yes|no", "Yes.\nThat is what I think.", "yes"),
        ("yes|no", "Nobody knows", None),
        ("yes|no", "yes\nAnswer: perhaps", None),
        ("yes|no", "", None),
        ("valid|invalid", "The argument is invalid.", "invalid"),
        ("valid|invalid", "Answer: deductively valid", "valid"),
        ("True|False", "((not True) and True) is\nAnswer: FALSE", "false"),
        ("not plausible|plausible", "It is not plausible.", "not plausible"),
    ],
)
async def test_the_label_that_a_reply_settles_on(labels: str, reply: str, found: str | None) -> None:
    metric = get_metric(f"label:{labels}")
    for label in labels.casefold().split("|"):
        result = await metric.score(example(label), reply)
        kind = "unparsable" if found is None else "right" if found == label else "wrong"
        assert (result.kind, result.answer) == (kind, found)


async def test_the_feedback_says_what_it_should_be() -> None:
    metric = get_metric("label:yes|no")
    assert (
        await metric.score(example("Yes"), "no")
    ).feedback == 'The answer should be "yes", but it was "no".'
    assert (await metric.score(example("yes"), "Yes!")).feedback == 'Right: "yes".'
    assert 'none of "yes", "no"' in (await metric.score(example("yes"), "?")).feedback


def test_targets_are_checked() -> None:
    with pytest.raises(
        MetricError, match=r'knows the answers "yes", "no"; that of example \'7\' is \'maybe\''
    ):
        get_metric("label:yes|no").check(example("maybe"))
    get_metric("label:yes|no").check(example("No."))


@pytest.mark.parametrize("labels", ["yes", "yes|", "yes|YES"])
def test_two_labels_are_needed(labels: str) -> None:
    with pytest.raises(ConfigurationError, match="has no two labels"):
        get_metric(f"label:{labels}")
