"""Small valid changes of a molecule: the steps of a random search, and the vocabulary of a simulated chemist.

Each edit lists everything that it can make of a molecule, as canonical SMILES in alphabetical order, so that
a seed decides what is chosen. The fragments are groups that are common in drugs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from textgrad_lite.domains.molecules.chemistry import (
    canonical_smiles,
    find_problem,
    parse_molecule,
    rdkit,
)

RINGS = ("c1ccccc1", "c1ccncc1", "C1CCNCC1", "N1CCOCC1", "C1CCCCC1", "c1ccsc1", "C1CC1")
GREASY = ("C", "F", "Cl", "C(F)(F)F", "CC", "C(C)C")
POLAR = ("O", "N", "OC", "C#N", "C(=O)N", "S(C)(=O)=O", "C(=O)NC", "CO")
FRAGMENTS = (*RINGS, *GREASY, *POLAR)
"""What may be attached, by its first atom."""

ELEMENTS = ("C", "N", "O")
_SMALLEST = 4
"""Heavy atoms that are left at least when something is removed."""


def attachments(smiles: str, fragments: Iterable[str] = FRAGMENTS) -> list[str]:
    """Put a fragment in the place of a hydrogen."""
    molecule = parse_molecule(smiles)
    places = [atom.GetIdx() for atom in molecule.GetAtoms() if atom.GetTotalNumHs()]
    return _valid(smiles, (_joined(molecule, place, fragment) for fragment in fragments for place in places))


def removals(smiles: str) -> list[str]:
    """Cut a single bond outside rings and keep the larger part."""
    return _valid(smiles, (kept for kept, _ in _cuts(parse_molecule(smiles))))


def exchanges(smiles: str, fragments: Iterable[str] = FRAGMENTS) -> list[str]:
    """Cut a single bond outside rings and put a fragment in the place of the smaller part."""
    pieces = list(_cuts(parse_molecule(smiles)))
    return _valid(smiles, (_joined(kept, place, part) for part in fragments for kept, place in pieces))


def replacements(smiles: str, elements: Iterable[str] = ELEMENTS) -> list[str]:
    """Make an atom one of another element."""
    molecule = parse_molecule(smiles)
    return _valid(smiles, _replaced(molecule, [_number(element) for element in elements]))


def insertions(smiles: str, elements: Iterable[str] = ELEMENTS) -> list[str]:
    """Put an atom between two that are joined by a single bond outside rings."""
    molecule = parse_molecule(smiles)
    return _valid(smiles, _inserted(molecule, [_number(element) for element in elements]))


EDITS: Mapping[str, Callable[[str], list[str]]] = MappingProxyType(
    {
        "attach": attachments,
        "remove": removals,
        "exchange": exchanges,
        "replace": replacements,
        "insert": insertions,
    }
)


def random_edit(smiles: str, source: random.Random) -> str | None:
    """Make one edit of a random kind, each kind as likely as any other that can be made.

    Returns:
        Canonical SMILES of another molecule, or None where no edit can be made.
    """
    for name in source.sample(sorted(EDITS), len(EDITS)):
        if made := EDITS[name](smiles):
            return source.choice(made)
    return None


def _number(element: str) -> int:
    return int(rdkit("Chem").GetPeriodicTable().GetAtomicNumber(element))


def _joined(molecule: Any, place: int, fragment: str) -> Any:
    """A molecule with a fragment bound to the atom at a place."""
    other = parse_molecule(fragment)
    joined = rdkit("Chem").RWMol(rdkit("Chem").CombineMols(molecule, other))
    joined.AddBond(place, molecule.GetNumAtoms(), rdkit("Chem").BondType.SINGLE)
    for end in (place, molecule.GetNumAtoms()):
        _free_one_hydrogen(joined.GetAtomWithIdx(end))
    return joined


def _free_one_hydrogen(atom: Any) -> None:
    """Hydrogens that are written out, as in [nH], are not given up by themselves."""
    if atom.GetNumExplicitHs():
        atom.SetNumExplicitHs(atom.GetNumExplicitHs() - 1)


def _cuts(molecule: Any) -> Iterator[tuple[Any, int]]:
    """What is left after each cut: the larger part, and the atom in it that lost its neighbour."""
    chemistry = rdkit("Chem")
    for bond in molecule.GetBonds():
        if bond.IsInRing() or bond.GetBondType() != chemistry.BondType.SINGLE:
            continue
        cut = chemistry.RWMol(molecule)
        ends = (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
        cut.RemoveBond(*ends)
        kept = max(chemistry.GetMolFrags(cut), key=len)
        if len(kept) < _SMALLEST:
            continue
        (end,) = (atom for atom in ends if atom in kept)
        for atom in sorted(set(range(molecule.GetNumAtoms())) - set(kept), reverse=True):
            cut.RemoveAtom(atom)
        yield cut, sorted(kept).index(end)


def _replaced(molecule: Any, numbers: Iterable[int]) -> Iterator[Any]:
    for atom in molecule.GetAtoms():
        for number in numbers:
            changed = rdkit("Chem").RWMol(molecule)
            one = changed.GetAtomWithIdx(atom.GetIdx())
            one.SetAtomicNum(number)
            one.SetNumExplicitHs(0)
            yield changed


def _inserted(molecule: Any, numbers: Iterable[int]) -> Iterator[Any]:
    chemistry = rdkit("Chem")
    for bond in molecule.GetBonds():
        if bond.IsInRing() or bond.GetBondType() != chemistry.BondType.SINGLE:
            continue
        for number in numbers:
            changed = chemistry.RWMol(molecule)
            middle = changed.AddAtom(chemistry.Atom(number))
            changed.RemoveBond(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
            for end in (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()):
                changed.AddBond(end, middle, chemistry.BondType.SINGLE)
            yield changed


def _valid(smiles: str, made: Iterable[Any]) -> list[str]:
    """The molecules among what was made, canonical, without the one that it was made from."""
    with rdkit("rdBase").BlockLogs():
        texts = {rdkit("Chem").MolToSmiles(molecule) for molecule in made}
    molecules = {canonical_smiles(text) for text in texts if not find_problem(text)}
    return sorted(molecules - {canonical_smiles(smiles)})
