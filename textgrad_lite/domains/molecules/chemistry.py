"""What RDKit knows of a SMILES string: whether it is a molecule, why it is not, and its one canonical form.

The only module that meets RDKit's reader. A model writes these strings, so nothing about one is taken for
granted. RDKit is imported when it is first used; it belongs to the extra ``molecules``.
"""

from __future__ import annotations

import functools
import re
from importlib import import_module
from typing import Any

from textgrad_lite.errors import DataError, MissingDependencyError

_RING_BOND = re.compile(r"\[[^\]]*\]|%\d\d|\d")
_WILDCARD = 0

LONGEST = 1000
"""Signs of the longest string that is read. It would be a molecule far beyond any drug."""


def rdkit(module: str) -> Any:
    """Import a module of RDKit, such as ``"Chem.QED"``.

    Raises:
        MissingDependencyError: RDKit is not installed.
    """
    try:
        return import_module(f"rdkit.{module}")
    except ModuleNotFoundError as error:
        raise MissingDependencyError("rdkit", "molecules") from error


def find_problem(smiles: str) -> str | None:
    """Say why a text is not the SMILES string of one molecule, or None where it is.

    It has to parse and to pass RDKit's sanitisation, and to be in one piece, without wildcard atoms.

    Args:
        smiles: The text; white space round it does not matter.

    Returns:
        The reason, as sentences to whoever wrote it.
    """
    text = smiles.strip()
    if not text:
        return "There is no SMILES string."
    if len(text) > LONGEST:
        return f"The string has {len(text)} signs, at most {LONGEST} are read: write a smaller molecule."
    if len(text.split()) > 1:
        return "A SMILES string holds no spaces: write one string and nothing else."
    molecule = _read(text)
    if molecule is None:
        return f"{text} is not a SMILES string: {_syntax_problem(text)}"
    if problems := _chemistry_problems(molecule):
        return f"{text} is not a possible molecule: {problems}"
    if any(atom.GetAtomicNum() == _WILDCARD for atom in molecule.GetAtoms()):
        return f"{text} holds the wildcard atom *: name every atom."
    pieces = len(rdkit("Chem").GetMolFrags(molecule))
    if pieces > 1:
        return f"{text} is {pieces} separate molecules: write a single one, without a dot."
    return None


def parse_molecule(smiles: str) -> Any:
    """Read a SMILES string as a sanitised RDKit molecule.

    Raises:
        DataError: It is not one molecule; the message says why.
    """
    if problem := find_problem(smiles):
        raise DataError(problem, hint="Give the SMILES string of one molecule.")
    molecule = _read(smiles.strip())
    rdkit("Chem").SanitizeMol(molecule)
    rdkit("Chem").AssignStereochemistry(molecule, cleanIt=True, force=True)
    # Hydrogens written as atoms, as in [H]OC, are dropped, or one molecule would have two canonical forms.
    return rdkit("Chem").RemoveHs(molecule)


@functools.lru_cache(maxsize=10_000)
def canonical_smiles(smiles: str) -> str:
    """The one string that all ways to write a molecule share.

    Raises:
        DataError: It is not one molecule; the message says why.
    """
    return str(rdkit("Chem").MolToSmiles(parse_molecule(smiles)))


def _read(text: str) -> Any:
    """Parse without sanitisation, so that what is wrong can be named; None where it is not SMILES at all."""
    chemistry = rdkit("Chem")
    parameters = chemistry.SmilesParserParams()
    parameters.sanitize = False
    parameters.removeHs = False
    parameters.allowCXSMILES = False
    parameters.parseName = False
    with rdkit("rdBase").BlockLogs():
        return chemistry.MolFromSmiles(text, parameters)


def _chemistry_problems(molecule: Any) -> str:
    """Every reason why sanitisation would fail, in RDKit's words; empty where it would not."""
    with rdkit("rdBase").BlockLogs():
        problems = rdkit("Chem").DetectChemistryProblems(molecule)
    return " ".join(f"{problem.Message().strip().rstrip('.')}." for problem in problems)


def _syntax_problem(text: str) -> str:
    """Name the usual slips; RDKit tells them to a log only."""
    for opening, closing, name in (("(", ")", "parentheses"), ("[", "]", "square brackets")):
        if text.count(opening) != text.count(closing):
            return f"its {name} do not match ({text.count(opening)} open, {text.count(closing)} close)."
    bonds = [bond for bond in _RING_BOND.findall(text) if not bond.startswith("[")]
    open_rings = sorted({bond for bond in bonds if bonds.count(bond) % 2})
    if open_rings:
        return f"the ring bond {open_rings[0]} is opened and not closed."
    return "it holds a sign or an order of signs that SMILES does not know."
