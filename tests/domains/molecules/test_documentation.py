"""The snippets of the documentation's page run as they stand, with fewer molecules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.extra, pytest.mark.timeout(900)]

PAGE = Path(__file__).parents[3] / "docs" / "molecules.md"


def test_the_snippets_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for snippet in re.findall(r"^```py\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL):
        quick = snippet.replace("trials=20", "trials=1").replace(
            "mol.Vina()", "mol.Vina(exhaustiveness=1, seconds=840)"
        )
        exec(quick, names)  # noqa: S102 - our own documentation
    assert (tmp_path / "runs" / "molecule" / "figures" / "002-front.svg").exists()
