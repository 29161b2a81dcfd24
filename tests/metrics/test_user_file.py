"""What a user names in a file of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.metrics import load_object


def test_a_function_is_loaded_and_may_import_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_score.py").write_text("LIMIT = 3\n")
    path = tmp_path / "score.py"
    path.write_text(
        "from neighbour_of_score import LIMIT\n\ndef score(text):\n    return len(text) < LIMIT\n"
    )
    before = list(sys.path)
    assert load_object(f"{path}:score")("ab") is True
    assert sys.path == before


@pytest.mark.parametrize("place", ["score.py:score", "score", "score.py", ":score"])
def test_a_file_that_is_not_there_is_refused_with_the_form(place: str) -> None:
    with pytest.raises(ConfigurationError, match=r"names no file[\s\S]*python:FILE\.py:FUNCTION"):
        load_object(place)


def test_a_missing_function_is_refused_with_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "score.py"
    path.write_text("def grade(output):\n    return 1\n")
    with pytest.raises(ConfigurationError, match=r"no function 'score'[\s\S]*It has: grade"):
        load_object(f"{path}:score")


def test_a_file_that_fails_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "score.py"
    path.write_text("LIMIT = 3\n1 / 0\n")
    with pytest.raises(ConfigurationError, match=r"ZeroDivisionError \(score\.py:2\)"):
        load_object(f"{path}:score")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "score.txt"
    path.write_text("def score(output):\n    return 1\n")
    with pytest.raises(ConfigurationError, match=r"no Python file"):
        load_object(f"{path}:score")
