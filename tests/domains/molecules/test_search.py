"""The loop: propose, measure, go on from the best, at a given number of molecules."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.domains.molecules.toys import Count
from textgrad_lite.domains.molecules import (
    MoleculeLoss,
    MoleculeMetric,
    MoleculeSearch,
    Proposer,
    TextualProposer,
    Trial,
)
from textgrad_lite.engines.types import Purpose
from textgrad_lite.errors import AuthenticationError, BudgetExceededError, ConfigurationError, DataError
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing.scripted import ScriptedEngine

pytestmark = pytest.mark.usefixtures("toy_chemistry")
START, END = NEW_TEXT_TAGS


class Listed(Proposer):
    """Proposes what it was given, round by round, and notes what it was asked."""

    def __init__(self, *rounds: Sequence[str]) -> None:
        self.rounds = list(rounds)
        self.asked: list[tuple[str, int]] = []

    async def propose(self, parent: Trial, trials: Sequence[Trial], count: int) -> list[str]:
        self.asked.append((parent.smiles, count))
        return list(self.rounds.pop(0)) if self.rounds else []


def test_each_round_goes_on_from_the_best() -> None:
    proposer = Listed(["CO", "CC"], ["C", "CCC"], ["CCCC"])
    found = MoleculeSearch(MoleculeMetric([Count("C")]), proposer, trials=5).run("NC")
    assert proposer.asked == [("CN", 2), ("CC", 2), ("CCC", 1)]
    assert found.best.smiles == "CCCC"
    assert [trial.parent for trial in found.trials] == [None, 0, 0, 2, 2, 4]


def test_not_more_molecules_are_measured_than_the_limit() -> None:
    carbon = Count("C")
    proposer = Listed(["CC", "CCC"], ["CCCC", "CCCCC"])
    found = MoleculeSearch(MoleculeMetric([carbon]), proposer, trials=3).run("C")
    assert [trial.smiles for trial in found.trials] == ["C", "CC", "CCC", "CCCC"]
    assert proposer.asked[-1] == ("CCC", 1)
    assert len(carbon.measured) == 4


def test_what_is_no_molecule_or_was_tried_is_not_measured() -> None:
    carbon = Count("C")
    proposer = Listed(["C1", "NC", "CN", "CCC"], ["CCC", "CC"])
    found = MoleculeSearch(MoleculeMetric([carbon]), proposer, trials=2).run("CN")
    assert carbon.measured == ["CN", "CCC", "CC"]
    assert found.ending == "trials"
    assert [trial.parent for trial in found.trials] == [None, 0, 1]


def test_a_proposer_that_runs_dry_ends_the_search() -> None:
    proposer = Listed(["CC"])
    found = MoleculeSearch(MoleculeMetric([Count("C")]), proposer, trials=9, patience=3).run("C")
    assert len(found.trials) == 2
    assert len(proposer.asked) == 4
    assert found.ending == "patience"


def test_each_trial_is_told_as_it_comes() -> None:
    told: list[str] = []
    MoleculeSearch(
        MoleculeMetric([Count("C")]),
        Listed(["CC", "CCC"]),
        trials=2,
        on_trial=lambda trial: told.append(trial.smiles),
    ).run("C")
    assert told == ["C", "CC", "CCC"]


async def test_it_runs_in_a_loop_of_the_user() -> None:
    found = await MoleculeSearch(MoleculeMetric([Count("C")]), Listed(["CC"]), trials=1).arun("C")
    assert found.best.smiles == "CC"


def test_a_start_that_is_no_molecule_is_refused() -> None:
    with pytest.raises(DataError, match="'C1' is no molecule"):
        MoleculeSearch(MoleculeMetric([Count("C")]), Listed()).run("C1")


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_numbers_below_one_are_refused(numbers: tuple[int, int, int]) -> None:
    trials, width, patience = numbers
    with pytest.raises(ConfigurationError, match=r"(trials|width|patience) is 0"):
        MoleculeSearch(MoleculeMetric([Count("C")]), Listed(), trials=trials, width=width, patience=patience)


def reply(smiles: str) -> str:
    return f"{START}\n{smiles}\n{END}"


def test_the_optimizer_sees_criticism_history_and_refusals() -> None:
    engine = ScriptedEngine([reply("CC"), reply("C1"), reply("C2"), reply("C3"), reply("CCC")])
    proposer = TextualProposer(MoleculeLoss(MoleculeMetric([Count("C")])), engine)
    found = MoleculeSearch(MoleculeMetric([Count("C")]), proposer, trials=2, width=1).run("C")
    assert [trial.smiles for trial in found.trials] == ["C", "CC", "CCC"]
    first, *_, last = engine.asked("optimizer")
    assert "It has 1 C." in first
    assert "C was tried before: score 0.100 (number of C 1.00)." in last
    assert "A proposal was refused: 'C3' is no molecule." in last
    assert (proposer.calls, proposer.refused) == (5, 1)


def test_a_molecule_that_was_tried_is_refused_before_it_is_measured() -> None:
    engine = ScriptedEngine([reply("NC"), reply("CN"), reply("CCN")])
    carbon = Count("C")
    metric = MoleculeMetric([carbon])
    found = MoleculeSearch(metric, TextualProposer(MoleculeLoss(metric), engine), trials=1, width=1).run("CN")
    assert found.best.smiles == "CCN"
    assert "NC was tried before" in engine.asked("optimizer")[1]
    assert carbon.measured == ["CN", "CCN"]


SPENT = BudgetExceededError("no calls are left", limit="calls")


@pytest.mark.parametrize("purpose", ["optimizer", "loss", "backward"])
def test_what_was_found_is_kept_where_a_budget_is_spent(purpose: Purpose) -> None:
    engine = ScriptedEngine().on(
        [reply("CC"), SPENT] if purpose == "optimizer" else reply("CC"), purpose="optimizer"
    )
    engine.on(["Fine.", SPENT] if purpose == "loss" else "Fine.", purpose="loss")
    engine.on(["More.", SPENT] if purpose == "backward" else "More.", purpose="backward")
    metric = MoleculeMetric([Count("C")])
    proposer = TextualProposer(MoleculeLoss(metric, critic=engine), engine)
    found = MoleculeSearch(metric, proposer, trials=9, width=1).run("C")
    assert [trial.smiles for trial in found.trials] == ["C", "CC"]
    assert found.ending == "budget"


def test_another_error_of_a_model_ends_the_search() -> None:
    engine = ScriptedEngine([AuthenticationError("wrong key")])
    metric = MoleculeMetric([Count("C")])
    with pytest.raises(AuthenticationError):
        MoleculeSearch(metric, TextualProposer(MoleculeLoss(metric), engine)).run("C")
