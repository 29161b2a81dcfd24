"""Tests of textgrad_lite.metrics.user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textgrad_lite.data import Example
from textgrad_lite.errors import ConfigurationError, MetricError
from textgrad_lite.metrics import Metric, MetricResult, as_metric, get_metric

EXAMPLE = Example(id="7", input="q", target="t", fields={"unit": "m"})


@pytest.mark.parametrize(
    "returned, expected",
    [
        (True, (1.0, "right", "Right.")),
        (False, (0.0, "wrong", "Scored 0 of 1.")),
        (0.25, (0.25, "wrong", "Scored 0.25 of 1.")),
        (1, (1.0, "right", "Right.")),
        ((0.5, "half"), (0.5, "wrong", "half")),
        ((True, ""), (1.0, "right", "")),
        (MetricResult(score=0.0, kind="refused", feedback="no"), (0.0, "refused", "no")),
    ],
)
async def test_what_a_function_may_return(returned: object, expected: tuple[float, str, str]) -> None:
    result = await as_metric(lambda output, target: returned).score(EXAMPLE, "o")
    assert (result.score, result.kind, result.feedback) == expected


@pytest.mark.parametrize("returned", [None, "good", 1.5, -0.1, float("nan"), (1, 2, 3), ("x", "y"), [1]])
async def test_what_is_no_score_is_an_error_that_names_the_example(returned: object) -> None:
    with pytest.raises(MetricError, match="for example '7'"):
        await as_metric(lambda output, target: returned).score(EXAMPLE, "o")


def by_name(example: Example, input: str, target: str | None, output: str) -> tuple[bool, str]:  # noqa: A002
    return True, f"{example.id} {input} {target} {output}"


def with_default(output: str, unit: str = "km", target: str | None = None) -> tuple[bool, str]:
    return True, f"{output} {unit} {target}"


def in_order(reply: str, wanted: str | None) -> tuple[bool, str]:
    return True, f"{reply} {wanted}"


def reply_only(reply: str, *rest: object, **options: object) -> tuple[bool, str]:
    return True, f"{reply} {rest} {options}"


def keyword_only(*, output: str) -> tuple[bool, str]:
    return True, output


async def coroutine(output: str) -> tuple[bool, str]:
    return True, output


@pytest.mark.parametrize(
    "function, feedback",
    [
        (by_name, "7 q t o"),
        (with_default, "o km t"),
        (in_order, "o t"),
        (reply_only, "o () {}"),
        (keyword_only, "o"),
        (coroutine, "o"),
    ],
)
async def test_what_a_function_is_given(function: Callable[..., Any], feedback: str) -> None:
    assert (await as_metric(function).score(EXAMPLE, "o")).feedback == feedback


@pytest.mark.parametrize("function", [lambda: True, lambda a, b, c: True])
def test_parameters_that_cannot_be_filled(function: Callable[..., Any]) -> None:
    with pytest.raises(ConfigurationError, match="cannot take the parameters"):
        as_metric(function)


@pytest.mark.parametrize("value", ["numeric", 3, None])
def test_what_is_no_metric(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="is no metric"):
        as_metric(value)


def test_a_metric_is_returned_as_it_is() -> None:
    metric = get_metric("exact")
    assert as_metric(metric) is metric


def test_the_first_line_of_the_docstring_describes_it() -> None:
    def score(output: str) -> bool:
        """Replies must be short.

        Details.
        """
        return bool(output)

    assert as_metric(score).description == "Replies must be short."
    assert as_metric(lambda output: True).description == "A program scores the reply."
    assert as_metric(score).name == "score"
    assert as_metric(score).fingerprint() == "score"


@pytest.fixture
def metric_file(tmp_path: Path) -> Path:
    path = tmp_path / "my_metric.py"
    path.write_text(
        "from textgrad_lite.metrics import get_metric\n"
        "ready = get_metric('numeric')\n"
        "def score(output, target):\n"
        '    """Say t."""\n'
        "    return output == target\n"
        "def broken(output):\n"
        "    return output['x']\n"
    )
    return path


async def test_a_function_of_a_file(metric_file: Path) -> None:
    metric = get_metric(f"python:{metric_file}:score")
    assert (await metric.score(EXAMPLE, "t")).is_right
    assert (metric.name, metric.description) == ("my_metric.py:score", "Say t.")


def test_a_ready_metric_of_a_file(metric_file: Path) -> None:
    metric: Metric = get_metric(f"python:{metric_file}:ready")
    assert metric.name == "numeric"


def test_the_fingerprint_follows_the_file(metric_file: Path) -> None:
    before = get_metric(f"python:{metric_file}:score").fingerprint()
    metric_file.write_text(metric_file.read_text() + "\n# changed\n")
    assert get_metric(f"python:{metric_file}:score").fingerprint() != before


async def test_a_metric_that_raises_names_file_line_and_example(metric_file: Path) -> None:
    with pytest.raises(MetricError) as caught:
        await get_metric(f"python:{metric_file}:broken").score(EXAMPLE, "o")
    message = str(caught.value)
    assert "my_metric.py:broken raised TypeError on example '7' (my_metric.py:7)" in message
    assert isinstance(caught.value.__cause__, TypeError)
