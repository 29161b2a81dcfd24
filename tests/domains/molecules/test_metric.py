"""Several objectives as one score, and as words."""

from __future__ import annotations

import asyncio

import pytest

from tests.domains.molecules.toys import Count
from textgrad_lite import MetricLoss, Variable, metric_result_of
from textgrad_lite.data import Example
from textgrad_lite.domains.molecules import MoleculeLoss, MoleculeMetric
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.testing.scripted import ScriptedEngine

pytestmark = pytest.mark.usefixtures("toy_chemistry")


async def test_the_score_is_the_weighted_mean_of_what_is_desirable() -> None:
    metric = MoleculeMetric([Count("C", weight=3), Count("N", weight=1)])
    found = await metric.assess("CCCCNN")
    assert found.score == pytest.approx((3 * 0.4 + 0.2) / 4)
    assert found.words == "It has 4 C.\nIt has 2 N."


async def test_a_desirability_out_of_range_counts_as_its_limit() -> None:
    assert (await MoleculeMetric([Count("C")]).assess("C" * 30)).score == 1


async def test_a_molecule_is_measured_once_however_it_is_written() -> None:
    carbon = Count("C")
    metric = MoleculeMetric([carbon])
    first, second = await metric.assess("CNC"), await metric.assess(" NCC")
    assert first is second
    assert carbon.measured == ["CCN"]


async def test_what_is_no_molecule_is_criticised_and_not_measured() -> None:
    carbon = Count("C")
    result = await MoleculeMetric([carbon]).score(Example(id="1", input=""), "C1C")
    assert (result.score, result.kind) == (0, "unparsable")
    assert result.feedback == "'C1C' is no molecule."
    assert carbon.measured == []


async def test_an_objective_that_fails_is_part_of_the_criticism() -> None:
    metric = MoleculeMetric([Count("C"), Count("N")])
    found = await metric.assess("CCCC")
    assert found.measurements["number of N"].value is None
    assert found.score == pytest.approx(0.2)
    assert "There is no N." in found.words


@pytest.mark.parametrize("score, kind", [("C" * 10, "right"), ("C", "wrong")])
async def test_only_a_perfect_molecule_has_nothing_to_improve(score: str, kind: str) -> None:
    assert (await MoleculeMetric([Count("C")]).score(Example(id="1", input=""), score)).kind == kind


@pytest.mark.parametrize(
    "objectives",
    [[], [Count("C"), Count("C")], [Count("C", weight=0)], [Count("C", weight=2), Count("N", weight=-1)]],
)
def test_objectives_that_make_no_score_are_refused(objectives: list[Count]) -> None:
    with pytest.raises(ConfigurationError):
        MoleculeMetric(objectives)


def test_the_fingerprint_changes_with_the_weights() -> None:
    prints = {MoleculeMetric([Count("C", weight=weight)]).fingerprint() for weight in (1, 2)}
    assert len(prints) == 2


def test_without_a_critic_the_measurements_are_the_criticism() -> None:
    molecule = Variable("CCN", role_description="molecule")
    loss = MoleculeLoss(MoleculeMetric([Count("C")]))(molecule)
    loss.backward()
    assert [gradient.text for gradient in molecule.gradients] == ["It has 2 C."]
    assert loss.value == "0.2: It has 2 C."
    result = metric_result_of(loss)
    assert result is not None
    assert result.score == pytest.approx(0.2)


def test_a_critic_reads_the_measurements_and_only_the_molecule_is_criticised() -> None:
    engine = ScriptedEngine().on("Too few.", purpose="loss").on("Add one.", purpose="backward")
    molecule = Variable("CCN", role_description="molecule")
    loss = MoleculeLoss(MoleculeMetric([Count("C")]), critic=engine)(molecule)
    loss.backward(engine)
    assert loss.value == "Too few."
    assert [gradient.text for gradient in molecule.gradients] == ["Add one."]
    (asked,) = engine.asked("loss")
    assert "It has 2 C." in asked
    assert "CCN" in asked
    assert len(engine.asked("backward")) == 1


async def test_it_is_a_metric_like_any_other() -> None:
    molecule = Variable("CC", role_description="molecule", requires_grad=False)
    loss = MetricLoss(MoleculeMetric([Count("C")]))(molecule, Example(id="1", input=""))
    assert await asyncio.wait_for(_value(loss), 10) == "0.2: It has 2 C."


async def _value(variable: Variable) -> object:
    return await variable
