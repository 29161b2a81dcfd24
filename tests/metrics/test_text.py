"""Tests of textgrad_lite.metrics.text."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Example
from textgrad_lite.errors import ConfigurationError, MetricError
from textgrad_lite.metrics import get_metric


def example(target: str | None) -> Example:
    return Example(id="7", input="question", target=target)


@pytest.mark.parametrize(
    "target, output, kind",
    [
        ("Paris", "paris", "right"),
        ("Paris", "It is the capital.\nAnswer: **Paris**.", "right"),
        ("Paris", "Paris is it", "wrong"),
        ("Paris", "", "unparsable"),
        ("Paris", "Answer:", "unparsable"),
        ("a  b", "Answer: A b", "right"),
        ("a b", "a, b", "wrong"),
        ("1,000", "1000", "wrong"),
        ("a\nb", "x\nAnswer:\na\nb", "right"),
        ("'quoted'", "quoted", "right"),
    ],
)
async def test_exact(target: str, output: str, kind: str) -> None:
    result = await get_metric("exact").score(example(target), output)
    assert (result.kind, result.score) == (kind, float(kind == "right"))


async def test_exact_says_what_was_expected_and_what_came() -> None:
    result = await get_metric("exact").score(example("Paris"), "Answer: " + "x" * 300)
    assert result.feedback == f'The answer should be "Paris", but it was "{"x" * 200}…".'
    empty = await get_metric("exact").score(example("Paris"), " ")
    assert empty.feedback == 'The answer should be "Paris", but the reply holds none.'


@pytest.mark.parametrize(
    "target, output, kind",
    [
        ("8", "It is 8.", "right"),
        ("8", "It is 18.", "wrong"),
        ("new york", "In New\nYork, of course", "right"),
        ("(a)", "x(a)y", "right"),
        ("x", "", "unparsable"),
    ],
)
async def test_contains(target: str, output: str, kind: str) -> None:
    result = await get_metric("contains").score(example(target), output)
    assert (result.kind, result.score) == (kind, float(kind == "right"))
    assert target in result.feedback


@pytest.mark.parametrize(
    "pattern, target, output, kind",
    [
        (r"^\d+$", None, "a\n12\nb", "right"),
        (r"^\d+$", None, "a 12", "unparsable"),
        (r"is (\w+)", "b", "it is a, no, it is B", "right"),
        (r"is (\w+)", "b", "it is c", "wrong"),
        (r"is (\w+)", "b", "nothing", "unparsable"),
        (r"(?:x(\d)|y(\d))", "2", "y2", "right"),
        (r"a(b)?", "b", "a", "unparsable"),
    ],
)
async def test_regex(pattern: str, target: str | None, output: str, kind: str) -> None:
    result = await get_metric(f"regex:{pattern}").score(example(target), output)
    assert (result.kind, result.score) == (kind, float(kind == "right"))
    assert result.feedback


def test_a_regex_that_cannot_be_compiled() -> None:
    with pytest.raises(ConfigurationError, match=r"regex:\( is no regular expression"):
        get_metric("regex:(")


@pytest.mark.parametrize("name", ["exact", "contains", "regex:(.*)", "numeric"])
async def test_a_missing_target_is_an_error_that_names_the_example(name: str) -> None:
    with pytest.raises(MetricError, match="example '7' has none"):
        await get_metric(name).score(example(None), "x")
