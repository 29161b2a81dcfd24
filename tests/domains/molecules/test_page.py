"""The page of a search: every molecule with its values and words, as data and never as markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.domains.molecules.toys import Count
from textgrad_lite.domains.molecules import Picture, Trajectory, Trial, page, write_page


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Trajectory:
    """Two trials, the second with an objective that failed; the drawings are left out."""
    monkeypatch.setattr(page, "pictures", lambda _: [Picture("one", "A picture", "To see.", "<svg></svg>")])
    trials = (
        Trial(0, "CN", 0.1, {"number of C": 1.0, "number of N": 1.0}, "Add <script>alert(1)</script>."),
        Trial(1, "CC", 0.2, {"number of C": 2.0, "number of N": None}, "There is no N.", 0),
    )
    return Trajectory((Count("C"), Count("N")), trials)


def test_every_molecule_is_listed_with_its_values_and_words(found: Trajectory, tmp_path: Path) -> None:
    text = write_page(found, tmp_path / "run", "Toys").read_text()
    for part in (
        "<title>Toys</title>",
        "<code>CN</code>",
        "<code>CC</code>",
        "There is no N.",
        "failed",
        "2.00",
    ):
        assert part in text
    assert "score 0.200 after 0.100" in text
    assert "<b>A picture.</b> To see." in text
    assert "<svg></svg>" in text


def test_what_was_said_is_no_markup(found: Trajectory, tmp_path: Path) -> None:
    text = write_page(found, tmp_path).read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_front_and_the_improvements_are_marked(found: Trajectory, tmp_path: Path) -> None:
    text = write_page(found, tmp_path).read_text()
    assert text.count('class="better"') == 2
    assert text.count("◆</td>") == 1
