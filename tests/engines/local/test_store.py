"""Where models are looked for, and what a name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.local.wheelhouse import CONTENT
from textgrad_lite.engines.local.catalogue import CatalogueModel
from textgrad_lite.engines.local.store import find_models_folder, find_stored, resolve_model
from textgrad_lite.errors import ConfigurationError, UnknownNameError


def test_folder_is_the_users_cache_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTGRAD_LITE_MODELS", raising=False)
    assert find_models_folder().parts[-2:] == ("textgrad-lite", "models")
    monkeypatch.setenv("TEXTGRAD_LITE_MODELS", str(tmp_path))
    assert find_models_folder() == tmp_path


@pytest.mark.usefixtures("tiny_model")
def test_model_that_is_not_here_is_told_with_the_command_that_gets_it(models_folder: Path) -> None:
    with pytest.raises(ConfigurationError) as failure:
        resolve_model("tiny")
    assert str(models_folder) in failure.value.message
    assert "textgrad-lite models pull tiny" in failure.value.hint


def test_half_a_file_is_no_stored_model(tiny_model: CatalogueModel, models_folder: Path) -> None:
    models_folder.mkdir()
    path = models_folder / tiny_model.filename
    path.write_bytes(CONTENT[:100])
    assert find_stored(tiny_model) is None
    path.write_bytes(CONTENT)
    assert find_stored(tiny_model) == path == resolve_model("tiny")


def test_own_file_is_taken_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(CONTENT)
    monkeypatch.chdir(tmp_path)
    assert resolve_model(str(own)) == own
    assert resolve_model("./own.gguf") == own
    assert resolve_model("own.gguf") == own


def test_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no model file"):
        resolve_model(str(tmp_path / "none.gguf"))
    (tmp_path / "text.gguf").write_text("hello")
    with pytest.raises(ConfigurationError, match="is no GGUF file"):
        resolve_model(str(tmp_path / "text.gguf"))


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'qwen2\.5-coder-0\.5b'"):
        resolve_model("qwen2.5-coder-0.5")
