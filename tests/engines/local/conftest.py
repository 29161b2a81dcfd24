"""What the tests of local models share: a tiny catalogue model, and the wheels that hold it."""

from __future__ import annotations

import hashlib
import itertools
import shutil
import subprocess
from pathlib import Path
from typing import cast

import pytest

from tests.engines.local.wheelhouse import CONTENT, CUTS, build_wheel
from textgrad_lite.engines.local import catalogue, download, wheels
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
    """A folder that stands for the package index, with the tiny model's three wheels."""
    folder = tmp_path / "index"
    folder.mkdir()
    for number, (start, end) in enumerate(itertools.pairwise(CUTS), start=1):
        name = f"tiny-part{number}"
        build_wheel(folder, name, {f"tiny_part{number}/data/part{number:02}.bin": CONTENT[start:end]})
    monkeypatch.setattr(wheels, "_run_pip", lambda command: _copy_wheel(folder, command))
    return folder


def _copy_wheel(index: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Do what ``pip download`` does, from a folder and without the seconds that pip takes to start."""
    requirement = command[-1]
    name, version = requirement.replace("-", "_").split("==")
    wheel = index / f"{name}-{version}-py3-none-any.whl"
    if not wheel.is_file():
        return subprocess.CompletedProcess(command, 1, "", f"ERROR: no wheel for {requirement}")
    shutil.copy(wheel, command[command.index("--dest") + 1])
    return subprocess.CompletedProcess(command, 0, "", "")


@pytest.fixture
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The model folder of this test."""
    folder = tmp_path / "models"
    monkeypatch.setenv("TEXTGRAD_LITE_MODELS", str(folder))
    return folder
