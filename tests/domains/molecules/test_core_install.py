"""Where the extra is not installed, the room can be imported, and says what to install."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from unittest import mock

import pytest

from textgrad_lite.domains.molecules import Affinity, IsMolecule, Vina, target_names
from textgrad_lite.domains.molecules.docking import backends
from textgrad_lite.errors import ConfigurationError, MissingDependencyError, UnknownNameError


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no package of the extras be found, installed or not."""
    for name in ("rdkit", "rdkit.Chem", "rdkit.rdBase", "dockstring"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("nothing_installed")
def test_rdkit_is_named_with_its_extra() -> None:
    with pytest.raises(MissingDependencyError, match=r"textgrad-lite\[molecules\]"):
        IsMolecule().check("", "CCO")


@pytest.mark.usefixtures("nothing_installed")
def test_dockstring_is_named_with_its_extra() -> None:
    with pytest.raises(MissingDependencyError, match=r"textgrad-lite\[docking\]"):
        target_names()


@pytest.mark.parametrize("package, extra", [("no-such-vina", "docking"), ("openbabel-wheel", "openbabel")])
def test_a_backend_names_what_it_lacks(package: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "version", mock.Mock(side_effect=PackageNotFoundError(package)))
    monkeypatch.setattr(Vina, "packages", (package,))
    with pytest.raises(MissingDependencyError, match=rf"textgrad-lite\[{extra}\]"):
        Vina().versions()


def test_vina_is_not_offered_where_it_cannot_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Vina, "packages", ("vina",))
    monkeypatch.setattr(backends, "version", mock.Mock(side_effect=PackageNotFoundError("vina")))
    monkeypatch.setattr(backends, "_WITHOUT_VINA", sys.version_info[:2])
    with pytest.raises(ConfigurationError, match=r"Dockstring\(\) as the backend"):
        Vina().versions()


def test_an_unknown_target_is_named_with_its_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "target_names", lambda: ["PPARA", "F2"])
    with pytest.raises(UnknownNameError, match="Did you mean 'PPARA'"):
        Affinity("PPAR")


def test_targets_are_the_receptors_in_dockstrings_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = tmp_path / "dockstring" / "resources" / "targets"
    targets.mkdir(parents=True)
    for name in ("PPARA_target.pdbqt", "F2_target.pdbqt", "F2_conf.txt"):
        (targets / name).touch()
    (tmp_path / "dockstring" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "dockstring", raising=False)
    importlib.invalidate_caches()
    assert target_names() == ["F2", "PPARA"]
