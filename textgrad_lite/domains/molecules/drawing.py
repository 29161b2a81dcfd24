"""Pictures of a search: the molecules that were the best so far, and the front over two objectives."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textgrad_lite.domains.molecules.chart import Point, scatter
from textgrad_lite.domains.molecules.chemistry import parse_molecule, rdkit
from textgrad_lite.domains.molecules.trajectory import Trajectory, Trial

FIGURES = "figures"
"""The folder of pictures in a folder, as the report of a run has it."""

_COLUMNS = 4
_SIDE = 260
_HEADER = re.compile(r"<\?xml.*?\?>\s*|<!--.*?-->\s*", re.DOTALL)


@dataclass(frozen=True)
class Picture:
    """One figure of a report.

    Attributes:
        name: Its file, without ending.
        title: What it shows.
        caption: How to read it.
        svg: The drawing, ready to stand in a page.
    """

    name: str
    title: str
    caption: str
    svg: str


def pictures(trajectory: Trajectory) -> list[Picture]:
    """The molecules along the trajectory, and the front where there are two objectives."""
    drawn = [
        Picture(
            "molecules",
            "Molecules along the trajectory",
            "The start and every molecule that was better than all before it, with its score and values.",
            draw_molecules(trajectory, trajectory.improvements),
        )
    ]
    if len(trajectory.objectives) > 1 and trajectory.front:
        first, second = trajectory.objectives[:2]
        drawn.append(
            Picture(
                "front",
                f"{first.name} and {second.name}",
                "Every molecule that was measured. No other one beats those that are marked.",
                draw_front(trajectory),
            )
        )
    return drawn


def write_pictures(trajectory: Trajectory, folder: Path | str) -> list[Path]:
    """Write the pictures into ``figures`` in a folder, where the report of a run finds them.

    Beside each lies a JSON file with its title and caption.

    Returns:
        The files of the pictures.
    """
    place = Path(folder) / FIGURES
    place.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, picture in enumerate(pictures(trajectory), start=1):
        path = place / f"{number:03}-{picture.name}.svg"
        path.write_text(picture.svg, encoding="utf-8")
        about = {"title": picture.title, "caption": picture.caption, "file": path.name}
        path.with_suffix(".json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def draw_molecules(trajectory: Trajectory, trials: Sequence[Trial]) -> str:
    """Draw the structures of some trials in a grid with RDKit, as SVG."""
    grid = rdkit("Chem.Draw").MolsToGridImage(
        [parse_molecule(trial.smiles) for trial in trials],
        legends=[_legend(trajectory, trial) for trial in trials],
        molsPerRow=min(_COLUMNS, len(trials)),
        subImgSize=(_SIDE, _SIDE),
        useSVG=True,
    )
    return _HEADER.sub("", str(grid))


def _legend(trajectory: Trajectory, trial: Trial) -> str:
    values = ", ".join(each.shown(trial.values[each.name]) for each in trajectory.objectives)
    return f"{trial.number}: score {trial.score:.3f} ({values})"


def draw_front(trajectory: Trajectory) -> str:
    """Plot the first two objectives of all trials for which both were determined."""
    across, up = trajectory.objectives[:2]
    front = {trial.number for trial in trajectory.front}
    points = [
        Point(x, y, f"{trial.number}: {trial.smiles}", trial.number in front)
        for trial in trajectory.trials
        if (x := trial.values[across.name]) is not None and (y := trial.values[up.name]) is not None
    ]
    titles = [f"{each.name} {f'({each.unit})' if each.unit else ''}".strip() for each in (across, up)]
    return scatter(points, *titles, is_joined=len(trajectory.objectives) == 2)
