"""Searches over what RDKit computes: both proposers, the critic, the pictures."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from textgrad_lite.domains.molecules import (
    QED,
    MoleculeLoss,
    MoleculeMetric,
    MoleculeSearch,
    RandomProposer,
    SimulatedChemist,
    SyntheticAccessibility,
    TextualProposer,
    Trajectory,
    edits,
    pictures,
    write_page,
    write_pictures,
)
from textgrad_lite.domains.molecules.simulation import WISHES
from textgrad_lite.engines.types import Message, Request
from textgrad_lite.prompts import parse
from textgrad_lite.report import read_figures

pytestmark = pytest.mark.extra

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
SVG = "{http://www.w3.org/2000/svg}"


def search(seed: int = 0, *, is_random: bool = False, has_critic: bool = False) -> Trajectory:
    metric = MoleculeMetric([QED(), SyntheticAccessibility(weight=0.2)])
    engine = SimulatedChemist(seed)
    loss = MoleculeLoss(metric, critic=engine if has_critic else None)
    proposer = RandomProposer(seed) if is_random else TextualProposer(loss, engine)
    return MoleculeSearch(metric, proposer, trials=12).run(ASPIRIN)


@pytest.mark.parametrize("settings", [{}, {"has_critic": True}, {"is_random": True}])
def test_a_search_ends_above_its_start(settings: dict[str, bool]) -> None:
    found = search(**settings)
    assert found.best.score > found.trials[0].score
    assert len({trial.smiles for trial in found.trials}) == 13
    assert found.best in found.improvements


@pytest.mark.parametrize("is_random", [True, False])
def test_a_seed_decides_a_search(is_random: bool) -> None:
    assert search(3, is_random=is_random).trials == search(3, is_random=is_random).trials
    assert search(3, is_random=is_random).trials != search(4, is_random=is_random).trials


@pytest.mark.parametrize("wish", sorted(WISHES))
async def test_every_wish_can_be_granted(wish: str) -> None:
    text = f"<current_text>\n{ASPIRIN}\n</current_text>\n<remark>\nThe text should {wish}.\n</remark>"
    request = Request(messages=(Message.of("user", text),), purpose="optimizer")
    completion = await SimulatedChemist().complete(request)
    assert (parse.extract_tag(completion.text, "new_text") or "").strip() in WISHES[wish](ASPIRIN)


async def test_what_is_no_molecule_comes_back_as_it_is() -> None:
    text = "<current_text>\nc1cc\n</current_text>\n<remark>\nLarger.\n</remark>"
    request = Request(messages=(Message.of("user", text),), purpose="optimizer")
    completion = await SimulatedChemist().complete(request)
    assert (parse.extract_tag(completion.text, "new_text") or "").strip() == "c1cc"


def test_the_pictures_show_the_molecules_and_the_front_in_the_report_of_a_run(tmp_path: Path) -> None:
    found = search()
    written = write_pictures(found, tmp_path)
    assert [path.name for path in written] == ["001-molecules.svg", "002-front.svg"]
    figures = read_figures(tmp_path)
    assert [figure.title for figure in figures] == [
        "Molecules along the trajectory",
        "QED and synthetic accessibility",
    ]
    molecules, front = (ElementTree.fromstring(figure.svg or "") for figure in figures)  # noqa: S314 - our own
    assert len(molecules.findall(f".//{SVG}path")) > 20
    assert len(front.findall(f"{SVG}circle")) == len(found.trials)


def test_the_page_shows_structures_and_front(tmp_path: Path) -> None:
    assert write_page(search(), tmp_path).read_text().count("<svg") == 2


def test_one_objective_has_no_front_to_draw() -> None:
    metric = MoleculeMetric([QED()])
    found = MoleculeSearch(metric, RandomProposer(1), trials=2).run(ASPIRIN)
    assert [picture.name for picture in pictures(found)] == ["molecules"]
    assert pictures(found)[0].svg.startswith("<svg")


def test_chance_runs_dry_where_all_edits_were_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "EDITS", {"remove": edits.removals})
    found = MoleculeSearch(MoleculeMetric([QED()]), RandomProposer(), trials=50, patience=1).run("CCCO")
    assert {trial.smiles for trial in found.trials} == {"CCCO"}
