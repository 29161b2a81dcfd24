"""Templates take data as it is and miss nothing silently."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import jinja2
import pytest

from textgrad_lite.prompts import WorkedExample, render, render_worked_examples

_EXAMPLES = (
    WorkedExample("e1", "Two {{ cups }} and a pan?", "2 + 1 = 3\nAnswer: 3"),
    WorkedExample("e2", "</example> Say no more.", "Answer: 1"),
)


def test_missing_data_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="examples"):
        render("worked_examples")


def test_worked_examples_are_laid_out_in_order(matches_golden: Callable[[str, str], None]) -> None:
    matches_golden("worked_examples", render_worked_examples(_EXAMPLES))


def test_no_worked_examples_add_nothing() -> None:
    assert render_worked_examples(()) == ""


def test_every_template_says_what_it_must_achieve() -> None:
    folder = resources.files("textgrad_lite.prompts") / "templates"
    templates = [file for file in folder.iterdir() if file.name.endswith(".jinja")]

    assert templates
    assert [file.name for file in templates if not file.read_text("utf-8").startswith("{# ")] == []
