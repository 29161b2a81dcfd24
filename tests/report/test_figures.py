"""Figures that a domain adds to the page of a run."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from textgrad_lite.errors import RunError
from textgrad_lite.report import Figure, read_figures

PNG = b"\x89PNG\r\n\x1a\nrest"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def test_figures_are_read_back_in_the_order_of_adding(tmp_path: Path) -> None:
    figures = [
        Figure(title="Zebra", svg=SVG, caption="the first"),
        Figure(title="Apple", png=PNG),
        Figure(title="!?", svg=SVG),
    ]
    for figure in figures:
        assert figure.save(tmp_path).exists()
    assert read_figures(tmp_path) == figures
    assert (tmp_path / "figures" / "001-zebra.svg").read_text() == SVG


def test_one_of_the_same_title_is_replaced(tmp_path: Path) -> None:
    for title in ("one", "two"):
        Figure(title=title, svg=SVG).save(tmp_path)
    Figure(title="one", svg=SVG, caption="again").save(tmp_path)
    assert [(figure.title, figure.caption) for figure in read_figures(tmp_path)] == [
        ("one", "again"),
        ("two", ""),
    ]


def test_a_run_without_figures_has_none(tmp_path: Path) -> None:
    assert read_figures(tmp_path) == []


def test_the_picture_is_inside_the_address() -> None:
    assert Figure(title="a", png=PNG).source == f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert Figure(title="a", svg=SVG).source.startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize("content", [{}, {"svg": SVG, "png": PNG}, {"svg": "<html>"}, {"png": b"GIF89a"}])
def test_what_is_no_picture_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Figure.model_validate({"title": "a", **content})


@pytest.mark.parametrize(
    "about", ["{", "[]", '{"title": "a"}', '{"title": "a", "caption": "", "file": "none.svg"}']
)
def test_a_damaged_figure_is_named(about: str, tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "001-a.json").write_text(about)
    with pytest.raises(RunError, match=r"001-a\.json is not a figure"):
        read_figures(tmp_path)


def test_a_picture_outside_the_folder_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text(SVG)
    (tmp_path / "figures").mkdir()
    about = {"title": "a", "caption": "", "file": "../secret.svg"}
    (tmp_path / "figures" / "001-a.json").write_text(json.dumps(about))
    with pytest.raises(RunError):
        read_figures(tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("a file")
    with pytest.raises(RunError, match="cannot be written"):
        Figure(title="a", svg=SVG).save(tmp_path)


@pytest.mark.parametrize(
    "titles", [("分子", "剂量"), (f"{'the same beginning ' * 3}one", f"{'the same beginning ' * 3}two")]
)
def test_figures_whose_files_would_be_called_the_same_are_kept_apart(
    titles: tuple[str, str], tmp_path: Path
) -> None:
    for title in titles:
        Figure(title=title, svg=SVG).save(tmp_path)
    assert tuple(figure.title for figure in read_figures(tmp_path)) == titles


def test_a_damaged_figure_is_in_nobodys_way(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "001-one.json").write_text("{")
    Figure(title="one", svg=SVG).save(tmp_path)
    assert {path.name for path in folder.iterdir()} == {"001-one.json", "002-one.json", "002-one.svg"}
