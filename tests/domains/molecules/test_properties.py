"""RDKit's numbers for molecules whose numbers are known, and the words that go with them."""

from __future__ import annotations

import pytest

from textgrad_lite.domains.molecules import (
    QED,
    Lipinski,
    Objective,
    Similarity,
    SyntheticAccessibility,
    canonical_smiles,
)

pytestmark = pytest.mark.extra

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
STEARIC_ACID = "CCCCCCCCCCCCCCCCCC(=O)O"
CYCLOSPORINE = (
    "CCC1C(=O)N(CC(=O)N(C(C(=O)NC(C(=O)N(C(C(=O)NC(C(=O)NC(C(=O)N(C(C(=O)N(C(C(=O)N(C(C(=O)N(C(C(=O)N1)"
    "C(C(C)CC=CC)O)C)C(C)C)C)CC(C)C)C)CC(C)C)C)C)C)CC(C)C)C)C(C)C)CC(C)C)C)C"
)


@pytest.mark.parametrize(
    "objective, smiles, value, desirability",
    [
        (QED(), ASPIRIN, 0.550, 0.550),
        (SyntheticAccessibility(), ASPIRIN, 1.58, 0.936),
        (Lipinski(), ASPIRIN, 0, 1),
        (Lipinski(), STEARIC_ACID, 1, 0.75),
        (Lipinski(), CYCLOSPORINE, 2, 0.5),
        (Similarity(ASPIRIN), ASPIRIN, 1, 1),
    ],
)
async def test_a_known_number(objective: Objective, smiles: str, value: float, desirability: float) -> None:
    found = await objective.measure(canonical_smiles(smiles))
    assert found.value == pytest.approx(value, abs=0.01)
    assert found.desirability == pytest.approx(desirability, abs=0.01)


@pytest.mark.parametrize(
    "objective, smiles, words",
    [
        (QED(), STEARIC_ACID, "rotatable bonds 16, too high"),
        (QED(), STEARIC_ACID, "aromatic rings 0, too low"),
        (QED(), ASPIRIN, "structural alerts (reactive or unstable groups) 2, too high"),
        (QED(), ASPIRIN, "molecular weight 180.2, too low"),
        (Lipinski(), STEARIC_ACID, "1 of 4 broken: logP 6.333 above 5"),
        (Similarity(ASPIRIN), "CCO", f"Similarity to {ASPIRIN}"),
    ],
)
async def test_the_words_name_what_is_to_blame(objective: Objective, smiles: str, words: str) -> None:
    assert words in (await objective.measure(smiles)).words


async def test_ethanol_is_less_similar_than_salicylic_acid() -> None:
    objective = Similarity(ASPIRIN)
    near, far = [(await objective.measure(smiles)).value for smiles in ("O=C(O)c1ccccc1O", "CCO")]
    assert near is not None
    assert far is not None
    assert 1 > near > far


def test_the_reference_is_part_of_the_fingerprint() -> None:
    assert Similarity("CCO").fingerprint() == Similarity("OCC").fingerprint() != Similarity("C").fingerprint()
