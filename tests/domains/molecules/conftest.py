"""A toy chemistry, so that the logic is tested where RDKit is not installed."""

from __future__ import annotations

import pytest

from textgrad_lite.domains.molecules import constraints, metric, search


@pytest.fixture
def toy_chemistry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a molecule be a word of the letters C, N and O, the same in whatever order they stand."""

    def find_problem(text: str) -> str | None:
        word = text.strip()
        return None if word and not word.strip("CNO") else f"{word!r} is no molecule."

    def canonical_smiles(text: str) -> str:
        return "".join(sorted(text.strip()))

    for module in (constraints, metric, search):
        monkeypatch.setattr(module, "find_problem", find_problem)
        if hasattr(module, "canonical_smiles"):
            monkeypatch.setattr(module, "canonical_smiles", canonical_smiles)
