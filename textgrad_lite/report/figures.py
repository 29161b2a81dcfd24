"""Figures of a run: pictures that a domain adds to the page, such as molecules or dose histograms.

A figure lies in the folder ``figures`` of a run as two files: the picture, and a JSON file with its title and
caption. On the page it is an image with its data inside, in which a browser runs no script and loads nothing.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from textgrad_lite.errors import RunError

FIGURES = "figures"
"""The folder in a run folder."""

_PNG = b"\x89PNG\r\n\x1a\n"


class Figure(BaseModel):
    """A picture with a title and a caption; either SVG or PNG.

    Attributes:
        title: A few words; figures are shown in the order in which they were added.
        svg: The picture as SVG text with a root element ``svg``, or None.
        png: The picture as the bytes of a PNG file, or None.
        caption: What is to be seen in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    svg: str | None = None
    png: bytes | None = None
    caption: str = ""

    @model_validator(mode="after")
    def _is_one_picture(self) -> Figure:
        if (self.svg is None) == (self.png is None):
            raise ValueError("a figure has either svg or png")
        if self.svg is not None and "<svg" not in self.svg:
            raise ValueError("svg is no SVG document")
        if self.png is not None and not self.png.startswith(_PNG):
            raise ValueError("png is no PNG file")
        return self

    @property
    def source(self) -> str:
        """The picture as a ``data:`` address."""
        if self.png is not None:
            return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"
        return f"data:image/svg+xml;base64,{base64.b64encode((self.svg or '').encode()).decode()}"

    def save(self, run: Path | str) -> Path:
        """Adds the figure to a run folder, after those that are there; one of the same title is replaced.

        Args:
            run: The run folder.

        Returns:
            The file of the picture.

        Raises:
            RunError: If it cannot be written.
        """
        folder = Path(run) / FIGURES
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stem = _find_stem(folder, self.title)
            picture = folder / f"{stem}.{'png' if self.png is not None else 'svg'}"
            picture.write_bytes(self.png if self.png is not None else (self.svg or "").encode())
            about = {"title": self.title, "caption": self.caption, "file": picture.name}
            text = json.dumps(about, indent=2, ensure_ascii=False)
            (folder / f"{stem}.json").write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise RunError(f"the figure cannot be written to {folder}: {error.strerror}") from error
        return picture


def read_figures(run: Path | str) -> list[Figure]:
    """Returns the figures of a run folder in the order in which they were added.

    Raises:
        RunError: If one of them cannot be read, or is none.
    """
    return [_read(path) for path in sorted((Path(run) / FIGURES).glob("*.json"))]


def _read(path: Path) -> Figure:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        picture = path.parent / Path(about["file"]).name  # never outside the folder
        content = (
            {"png": picture.read_bytes()} if picture.suffix == ".png" else {"svg": picture.read_text("utf-8")}
        )
        return Figure.model_validate({"title": about["title"], "caption": about["caption"], **content})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{path} is not a figure of a run: {error}", hint="Remove it, or add the figure again."
        ) from error


def _find_stem(folder: Path, title: str) -> str:
    """The name of the files: a number in the order of adding, and what can stand in a file name."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "figure"
    earlier = sorted(folder.glob("*.json"))
    same = next((path.stem for path in earlier if _title_of(path) == title), None)
    following = 1 + max((int(path.stem[:3]) for path in earlier if path.stem[:3].isdecimal()), default=0)
    return same or f"{following:03}-{words}"


def _title_of(path: Path) -> str | None:
    """The title of a figure; None where the file is none."""
    try:
        return _read(path).title
    except RunError:
        return None
