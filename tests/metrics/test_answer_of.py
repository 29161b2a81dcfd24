"""What replies answer, as put to the vote: equal answers are equal texts, and no target is looked at."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Example
from textgrad_lite.metrics import get_metric

QUESTION = "Which?\n(A) x\n(B) y"


@pytest.mark.parametrize(
    "name, reply, answer",
    [
        ("numeric", "Answer: 1,234.50", "1234.5"),
        ("numeric", "none", None),
        ("choice", "Answer: (b)", "B"),
        ("choice", "Answer: y", "B"),
        ("choice", "?", None),
        ("label:yes|no", "Answer: Yes, it is.", "yes"),
        ("words", "Answer: Ant, bee", "ant bee"),
        ("words", "", None),
        ("brackets", "Answer: ])", "] )"),
        ("exact", "Answer: **Paris**.", "paris"),
        ("contains", "It is Paris", "it is paris"),
        ("json", "", None),
    ],
)
def test_answers_in_a_form_that_can_be_counted(name: str, reply: str, answer: str | None) -> None:
    assert get_metric(name).answer_of(Example(id="1", input=QUESTION), reply) == answer
