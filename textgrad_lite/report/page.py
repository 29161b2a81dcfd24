"""The page of a run: one HTML file that needs nothing else, and can be sent to anybody.

No script runs on it and nothing is loaded: its policy forbids both, and every text of models, data and users
is escaped, so that what a model wrote cannot act on whoever reads it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from textgrad_lite._version import __version__
from textgrad_lite.report.curve import draw_curve, read_course
from textgrad_lite.report.figures import read_figures
from textgrad_lite.report.money import add_costs, count_calls, format_usd
from textgrad_lite.report.secrets import flatten_config
from textgrad_lite.report.story import tell_steps
from textgrad_lite.training import RunRecord
from textgrad_lite.training.files import write_atomically

if TYPE_CHECKING:
    from jinja2 import Template

REPORT = "report.html"
"""The file in a run folder."""

_TEMPLATE = Path(__file__).parent / "templates" / "report.html.jinja"


def write_report(run: Path | str, out: Path | None = None) -> Path:
    """Writes the page of a run.

    Args:
        run: The run folder; the run may still go on.
        out: The file; ``report.html`` in the run folder if None.

    Returns:
        The file.

    Raises:
        RunError: If the run cannot be read or the page not be written.
    """
    path = out or Path(run) / REPORT
    write_atomically(path, render_report(RunRecord.read(run)))
    return path


def render_report(record: RunRecord) -> str:
    """Returns the page of a run as HTML."""
    return _template().render(
        record=record,
        result=record.result,
        calls=count_calls(record.result) if record.result else 0,
        cost=add_costs(record.result) if record.result else None,
        name=record.path.resolve().name,
        curve=draw_curve(read_course(record)),
        steps=tell_steps(record),
        figures=read_figures(record.path),
        config=list(flatten_config(record.config)),
        version=__version__,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"percent": _percent, "usd": format_usd, "diff_kind": _diff_kind}
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def _percent(share: float | None) -> str:
    return "no score" if share is None else f"{share:.1%}"


def _diff_kind(line: str) -> str:
    """The class of a line of a unified diff."""
    if line.startswith(("---", "+++", "@@", "\\")):
        return "place"
    return {"+": "new", "-": "old"}.get(line[:1], "same")
