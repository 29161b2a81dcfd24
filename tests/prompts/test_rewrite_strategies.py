"""The strategy library: well-formed, all different, and general."""

import re

import pytest

from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.prompts.strategies import Strategy, load_strategies, strategies_for

STRATEGIES = load_strategies()


def test_they_come_in_the_order_of_their_files_without_its_number() -> None:
    names = [strategy.name for strategy in STRATEGIES]

    assert names[0] == "running-result"
    assert names[-1] == "form-of-the-answer"
    assert len(set(names)) == len(names) >= 6


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.name)
def test_each_is_a_short_plain_text_with_a_purpose(strategy: Strategy) -> None:
    assert 20 < len(strategy.text) < 500
    assert strategy.text == strategy.text.strip()
    assert strategy.purpose
    assert "<!--" not in strategy.text


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.name)
def test_each_may_stand_in_a_template(strategy: Strategy) -> None:
    assert PromptTemplate.parse(strategy.text).placeholders == ()
    assert "{" not in strategy.text


DEMO_WORDS = (
    *("animal", "animals", "fruit", "fruits", "instrument", "instruments", "vegetable", "vegetables"),
    *("add", "count", "counts", "counting", "item", "items", "object", "objects", "sum", "total", "totals"),
    *("how many", "number", "numbers", "quantity"),
)
"""Words of object counting, the demo's task."""

OTHER_TASKS_WORDS = ("alphabet", "code", "date", "dates", "equation", "molecule", "sort", "word", "words")


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.name)
def test_none_knows_a_task(strategy: Strategy) -> None:
    words = f" {' '.join(re.findall(r'[a-z]+', strategy.text.lower()))} "

    assert [word for word in (*DEMO_WORDS, *OTHER_TASKS_WORDS) if f" {word} " in words] == []


def test_those_that_suit_the_metric_come_first_and_those_that_do_not_last() -> None:
    numeric = strategies_for("The first number after the last 'Answer:' must be the expected number.")
    other = strategies_for("The label must be right.")

    assert numeric[0].suits == other[-1].suits == "number"
    assert set(numeric) == set(other) == set(STRATEGIES)
    assert [strategy for strategy in numeric if not strategy.suits] == [
        strategy for strategy in other if not strategy.suits
    ]
