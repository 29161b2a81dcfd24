"""What the tests of local models share: a tiny catalogue model, and the wheels that hold it."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path
from typing import cast

import pytest

from tests.engines.local.wheelhouse import CONTENT, CUTS, build_wheel
from textgrad_lite.engines.local import catalogue, download
from textgrad_lite.engines.local.catalogue import CatalogueModel, HubSource, WheelSource


@pytest.fixture
def tiny_model(monkeypatch: pytest.MonkeyPatch) -> CatalogueModel:
    """A model of three parts that the catalogue knows besides the real ones, and no hub."""
    model = CatalogueModel(
        name="tiny",
        description="a test",
        licence="MIT",
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        context=64,
        upstream=HubSource("nobody/tiny", "tiny.gguf"),
        wheels=WheelSource(tuple(f"tiny-part{n}==1.0" for n in (1, 2, 3)), ".bin", "made by the test"),
    )
    monkeypatch.setitem(cast("dict[str, CatalogueModel]", catalogue.CATALOGUE), "tiny", model)
    monkeypatch.setattr(download, "explain_unavailable", lambda _: "no hub in tests")
    return model


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the only package index pip knows, with the tiny model's three wheels."""
    folder = tmp_path / "index"
    folder.mkdir()
    for number, (start, end) in enumerate(itertools.pairwise(CUTS), start=1):
        name = f"tiny-part{number}"
        build_wheel(folder, name, {f"tiny_part{number}/data/part{number:02}.bin": CONTENT[start:end]})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


@pytest.fixture
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The model folder of this test."""
    folder = tmp_path / "models"
    monkeypatch.setenv("TEXTGRAD_LITE_MODELS", str(folder))
    return folder
