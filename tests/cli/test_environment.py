"""The file .env."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from textgrad_lite.errors import ConfigurationError
from textgrad_lite_cli.environment import read_dotenv


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())


def test_variables_are_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('OPENAI_API_KEY="a key"  # of mine\n')
    read_dotenv()
    assert os.environ["OPENAI_API_KEY"] == "a key"


def test_what_is_set_already_wins(tmp_path: Path) -> None:
    os.environ["OPENAI_API_KEY"] = "another"
    (tmp_path / ".env").write_text("OPENAI_API_KEY=key\n")
    read_dotenv()
    assert os.environ["OPENAI_API_KEY"] == "another"


def test_a_missing_file_is_no_error() -> None:
    before = dict(os.environ)
    read_dotenv()
    assert dict(os.environ) == before


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"KEY=\xff\xfe\n")
    with pytest.raises(ConfigurationError, match=r"\.env cannot be read"):
        read_dotenv()
