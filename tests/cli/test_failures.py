"""The edge: which exit code and which words an error becomes."""

from __future__ import annotations

import errno
import logging
from pathlib import Path
from typing import Any

import pytest
import typer

from textgrad_lite import errors
from textgrad_lite.metrics import load_object
from textgrad_lite_cli.failures import get_exit_code, reported


def wrap(cause: BaseException) -> errors.FunctionError:
    error = errors.FunctionError(function="LLMCall", role="answer", engine="x/y", cause=cause)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error, code",
    [
        (errors.ConfigurationError("x"), 2),
        (errors.UnknownNameError("metric", "exct", ["exact"]), 2),
        (errors.DataError("x"), 2),
        (errors.PromptError("x"), 2),
        (errors.RunExistsError("x"), 2),
        (errors.BudgetExceededError("x", limit="calls"), 2),
        (errors.ContextLengthError("x"), 2),
        (OSError(errno.ENOSPC, "No space left on device"), 2),
        (errors.MissingKeyError("openai", "OPENAI_API_KEY"), 4),
        (errors.AuthenticationError("x"), 4),
        (errors.EngineConnectionError("x"), 4),
        (wrap(errors.AuthenticationError("x")), 4),
        (errors.BackwardError([wrap(errors.ServerError("x"))]), 4),
        (KeyboardInterrupt(), 130),
        (typer.Abort(), 130),
        (errors.GraphError("x"), 1),
        (errors.ImageError("x"), 2),
        (wrap(errors.ImageError("x")), 2),
        (errors.ParseError("x"), 4),
        (ZeroDivisionError("x"), 1),
    ],
)
def test_exit_code_says_whose_matter_it_is(error: BaseException, code: int) -> None:
    assert get_exit_code(error) == code
    with pytest.raises(typer.Exit) as caught, reported():
        raise error
    assert caught.value.exit_code == code


def test_message_and_hint_are_of_the_first_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), reported():
        raise wrap(errors.MissingKeyError("openai", "OPENAI_API_KEY"))
    shown = capsys.readouterr().err
    assert shown.startswith("Error: no API key for openai")
    assert "a .env file is read too" in shown
    assert "LLMCall" not in shown


def test_a_full_disk_is_named_with_a_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), reported():
        raise OSError(errno.ENOSPC, "No space left on device", "runs/x/journal.jsonl")
    shown = capsys.readouterr().err
    assert "runs/x/journal.jsonl: No space left on device" in shown
    assert "cache prune" in shown


def test_a_mistake_in_the_users_function_is_called_theirs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text("def answer(text):\n    return {}[text]\n", encoding="utf-8")
    answer = load_object(f"{path}:answer")
    with pytest.raises(typer.Exit) as caught, reported():
        answer("lost")
    shown = capsys.readouterr().err
    assert caught.value.exit_code == 2
    assert "KeyError: 'lost'" in shown
    assert "a function of yours, model.py:2" in shown
    assert "mistake in textgrad_lite" not in shown


def test_a_mistake_of_ours_is_called_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), reported():
        raise ZeroDivisionError("division by zero")
    shown = capsys.readouterr().err
    assert "ZeroDivisionError: division by zero" in shown
    assert "mistake in textgrad_lite" in shown
    assert "Traceback" not in shown


def test_debug_logging_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("textgrad_lite").setLevel(logging.DEBUG)
    with pytest.raises(typer.Exit), reported():
        raise ZeroDivisionError("division by zero")
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("error", [typer.Exit(3), typer.BadParameter("x")])
def test_what_typer_raises_passes(error: Any) -> None:
    with pytest.raises(type(error)) as caught, reported():
        raise error
    assert caught.value is error
