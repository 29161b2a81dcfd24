"""What RDKit makes of what a model writes: a molecule in its canonical form, or the reason why not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgrad_lite import TGD, Variable
from textgrad_lite.domains.molecules import IsMolecule, IsUntried, canonical_smiles, edits, find_problem
from textgrad_lite.domains.molecules.chemistry import parse_molecule, rdkit
from textgrad_lite.domains.molecules.edits import EDITS, random_edit
from textgrad_lite.errors import DataError
from textgrad_lite.graph import Gradient
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing.scripted import ScriptedEngine

pytestmark = pytest.mark.extra

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
DRUGS = (
    ASPIRIN,
    "CC(C)Cc1ccc(cc1)[C@@H](C)C(=O)O",
    "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
    "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F",
    "C[N+](C)(C)CC([O-])=O",
    "F/C=C\\F",
    "c1cc[nH]c1",
)


@pytest.mark.parametrize("smiles", [*DRUGS, f"  {ASPIRIN}\n"])
def test_a_drug_is_a_molecule(smiles: str) -> None:
    assert find_problem(smiles) is None


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "There is no SMILES string"),
        ("CC(C", r"its parentheses do not match \(1 open, 0 close\)"),
        ("CC[NH", "its square brackets do not match"),
        ("c1ccccc", "the ring bond 1 is opened and not closed"),
        ("aspirin", "is not a SMILES string"),
        ("Aspirin is CCO", "holds no spaces"),
        ("CCO |$;;$|", "holds no spaces"),
        ("CN(C)(C)(C)C", "Explicit valence for atom # 1 N, 5, is greater than permitted"),
        ("c1cccc1", "Can't kekulize mol"),
        ("CN(C)(C)(C)Cc1cccc1", r"valence.* Can't kekulize"),
        ("CCO.O", "2 separate molecules"),
        ("[Na+].[Cl-]", "2 separate molecules"),
        ("CC*", "wildcard"),
        ("C" * 1001, "1001 signs, at most 1000 are read"),
    ],
)
def test_what_is_no_molecule_is_criticised_in_words(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        parse_molecule(text)


def test_nothing_is_printed_about_a_bad_string(capfd: pytest.CaptureFixture[str]) -> None:
    for text in ("C(C", "CN(C)(C)(C)C", "c1cccc1"):
        find_problem(text)
    assert capfd.readouterr() == ("", "")


@given(st.text(max_size=30))
def test_any_text_at_all_can_be_judged(text: str) -> None:
    assert find_problem(text) is None or find_problem(text)


@given(st.sampled_from(DRUGS), st.integers(0, 2**31 - 1))
def test_all_ways_to_write_a_molecule_have_one_canonical_form(smiles: str, seed: int) -> None:
    (written,) = rdkit("Chem").MolToRandomSmilesVect(parse_molecule(smiles), 1, seed)
    assert canonical_smiles(written) == canonical_smiles(smiles)


def test_hydrogens_that_are_written_out_make_no_other_molecule() -> None:
    assert canonical_smiles("[H]OC([H])C") == canonical_smiles("OCC")


def test_mirror_images_are_different_molecules() -> None:
    assert canonical_smiles("C[C@H](N)C(=O)O") != canonical_smiles("C[C@@H](N)C(=O)O")


def test_a_molecule_that_was_tried_is_known_in_any_form() -> None:
    constraint = IsUntried({canonical_smiles(ASPIRIN)})
    assert constraint.check("", "OC(=O)c1ccccc1OC(C)=O")
    assert constraint.check("", "CCO") is None
    assert constraint.check("", "no molecule") is None


def test_a_step_adopts_no_string_that_is_no_molecule() -> None:
    start, end = NEW_TEXT_TAGS
    engine = ScriptedEngine([f"{start}\n{text}\n{end}" for text in ("c1cccc1", "c1ccccc1O")])
    molecule = Variable("c1ccccc1", role_description="molecule as a SMILES string")
    molecule.add_gradient(Gradient("It lacks a polar group."))
    TGD([molecule], engine=engine, hard_constraints=[IsMolecule()]).step()
    assert molecule.value == "c1ccccc1O"
    assert "Can't kekulize mol" in engine.asked()[1]


@pytest.mark.parametrize("name", sorted(EDITS))
@pytest.mark.parametrize("smiles", DRUGS)
def test_an_edit_makes_other_molecules(name: str, smiles: str) -> None:
    made = EDITS[name](smiles)
    assert made == sorted(set(made))
    assert canonical_smiles(smiles) not in made
    for new in made:
        assert find_problem(new) is None
        assert canonical_smiles(new) == new


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_a_walk_of_random_edits_is_decided_by_its_seed(seed: int) -> None:
    walks: list[list[Any]] = []
    for _ in range(2):
        source, smiles = random.Random(seed), ASPIRIN
        walk = []
        for _ in range(3):
            smiles = random_edit(smiles, source) or smiles
            walk.append(smiles)
        walks.append(walk)
    assert walks[0] == walks[1]
    assert all(find_problem(smiles) is None for smiles in walks[0])


def test_where_nothing_can_be_edited_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "EDITS", {"attach": lambda smiles: [], "remove": lambda smiles: []})
    assert random_edit(ASPIRIN, random.Random(0)) is None
