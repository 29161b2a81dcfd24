"""A search as one page: the pictures, and every molecule with its values and what was said of it."""

from __future__ import annotations

from pathlib import Path

from textgrad_lite.domains.molecules.drawing import pictures
from textgrad_lite.domains.molecules.trajectory import Trajectory

PAGE = "report.html"

_TEMPLATE = Path(__file__).parent / "templates" / "page.html.jinja"


def render_page(trajectory: Trajectory, title: str = "Molecules") -> str:
    """Make an HTML page that loads nothing and runs no script."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        title=title,
        objectives=trajectory.objectives,
        trials=trajectory.trials,
        start=trajectory.trials[0],
        best=trajectory.best,
        front=trajectory.front,
        improvements=trajectory.improvements,
        pictures=pictures(trajectory),
    )


def write_page(trajectory: Trajectory, folder: Path | str, title: str = "Molecules") -> Path:
    """Write the page of a search as ``report.html`` into a folder, and return the file."""
    path = Path(folder) / PAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_page(trajectory, title), encoding="utf-8")
    return path
