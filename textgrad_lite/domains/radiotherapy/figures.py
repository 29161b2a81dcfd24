"""Pictures of plans: dose-volume histograms before and after. Needs matplotlib, which the extra brings."""

from __future__ import annotations

import io
import re
from typing import Any, Literal

from textgrad_lite.domains.radiotherapy.goals import TG119_GOALS, Goal, Goals
from textgrad_lite.domains.radiotherapy.plan import PRESCRIPTION, Plan
from textgrad_lite.errors import MissingDependencyError

COLOURS = {"target": "#c2410c", "core": "#1d4ed8", "body": "#57534e"}
"""One colour for each structure; they differ in lightness too."""

_BEFORE: dict[str, Any] = {"linestyle": (0, (4, 2)), "linewidth": 1.4}
_AFTER: dict[str, Any] = {"linestyle": "-", "linewidth": 2.2}
_PRESCRIBED: dict[str, Any] = {"color": "#a8a29e", "linewidth": 1.0}
_STEPS = 500


def draw_dose_volumes(
    before: Plan, after: Plan, *, goals: Goals = TG119_GOALS, form: Literal["svg", "png"] = "svg"
) -> bytes:
    """Draw the cumulative dose-volume histograms of two plans into one picture.

    Args:
        before: Drawn dashed.
        after: Drawn in full.
        goals: Those on the dose to a part of the volume, and on the maximum, are marked by arrow heads that
            point to where a curve should be.
        form: What kind of file.

    Returns:
        The file. The same plans give the same bytes.

    Raises:
        MissingDependencyError: matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependencyError("matplotlib", "radiotherapy") from error
    figure = Figure(figsize=(7.4, 4.4), layout="constrained")
    axes = figure.subplots()
    highest = 1.04 * max(dose.maximum for plan in (before, after) for dose in plan.doses.values())
    doses = [highest * step / _STEPS for step in range(_STEPS + 1)]
    for name, colour in COLOURS.items():
        axes.plot(doses, before.doses[name].curve(doses), color=colour, **_BEFORE)
        axes.plot(doses, after.doses[name].curve(doses), color=colour, **_AFTER)
    for goal in goals:
        _mark(axes, goal)
    _finish(axes, highest)
    file = io.BytesIO()
    with rc_context({"svg.hashsalt": "dose-volume"}):
        figure.savefig(file, format=form, dpi=150, metadata={"Date": None} if form == "svg" else {})
    return file.getvalue()


def _mark(axes: Any, goal: Goal) -> None:
    structure, quantity = goal.name.split(maxsplit=1)
    percent = {"maximum": 0.0}.get(quantity)
    if found := re.fullmatch(r"D(\d+)", quantity):
        percent = float(found[1])
    if percent is not None:
        head = ">" if goal.bound == "at least" else "<"
        axes.plot(
            [goal.limit], [percent], head, color=COLOURS[structure], markersize=9, clip_on=False, zorder=5
        )


def _finish(axes: Any, highest: float) -> None:
    from matplotlib.lines import Line2D

    axes.axvline(PRESCRIPTION, zorder=0, **_PRESCRIBED)
    axes.set(
        xlim=(0, highest), ylim=(0, 102), xlabel="dose in Gy", ylabel="volume with at least this dose in %"
    )
    axes.set_title("Dose-volume histograms (research, not for clinical use)", fontsize=10, loc="left")
    axes.grid(color="#e7e5e4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    entries = [
        *(Line2D([], [], color=colour, label=name, **_AFTER) for name, colour in COLOURS.items()),
        Line2D([], [], color="#1c1917", label="before", **_BEFORE),
        Line2D([], [], color="#1c1917", label="after", **_AFTER),
        Line2D([], [], color="#1c1917", marker="<", linestyle="", label="goal"),
        Line2D([], [], label="prescription", **_PRESCRIBED),
    ]
    axes.legend(handles=entries, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9)
