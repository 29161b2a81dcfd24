"""Objectives that RDKit computes from the formula of a molecule alone, in milliseconds."""

from __future__ import annotations

import functools
import importlib.util
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from textgrad_lite import runtime
from textgrad_lite.domains.molecules.chemistry import canonical_smiles, parse_molecule, rdkit
from textgrad_lite.domains.molecules.objectives import Measurement, Objective

_WEAK = 0.6
"""Desirability below which a part of QED is named as what pulls it down."""

_QED_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "MW": "molecular weight",
        "ALOGP": "lipophilicity (logP)",
        "HBA": "hydrogen-bond acceptors",
        "HBD": "hydrogen-bond donors",
        "PSA": "polar surface area",
        "ROTB": "rotatable bonds",
        "AROM": "aromatic rings",
        "ALERTS": "structural alerts (reactive or unstable groups)",
    }
)


class Property(Objective):
    """An objective that is a plain function of the molecule."""

    async def measure(self, smiles: str) -> Measurement:
        """Compute it on a thread."""
        measured: Measurement = await runtime.call_user(self._measure, smiles)
        return measured

    def _measure(self, smiles: str) -> Measurement:
        return self.judge(parse_molecule(smiles))

    @abstractmethod
    def judge(self, molecule: Any) -> Measurement:
        """Compute it for an RDKit molecule."""


@dataclass(frozen=True)
class QED(Property):
    """Drug-likeness from 0 to 1 (Bickerton et al., Nature Chemistry 2012)."""

    weight: float = 1.0
    name: ClassVar[str] = "QED"

    def judge(self, molecule: Any) -> Measurement:
        """Compute it, and name the parts that pull it down, the worst first."""
        properties = rdkit("Chem.QED").properties(molecule)
        value = float(rdkit("Chem.QED").qed(molecule, qedProperties=properties))
        parts = [(part, float(getattr(properties, part))) for part in _QED_PARTS]
        blamed = [
            f"{_QED_PARTS[part]} {amount:.4g}, too {'low' if _wishes_more(part, amount) else 'high'}"
            for part, amount in sorted(parts, key=lambda pair: _part_desirability(*pair))
            if _part_desirability(part, amount) < _WEAK
        ]
        advice = f" What lowers it most: {'; '.join(blamed)}." if blamed else ""
        return Measurement(
            value, value, f"Drug-likeness (QED, 0 to 1, higher is better): {value:.2f}.{advice}"
        )


def _part_desirability(part: str, amount: float) -> float:
    module = rdkit("Chem.QED")
    return float(module.ads(amount, module.adsParameters[part]))


def _wishes_more(part: str, amount: float) -> bool:
    step = 0.1 + amount / 100
    return _part_desirability(part, amount + step) > _part_desirability(part, amount - step)


@dataclass(frozen=True)
class SyntheticAccessibility(Property):
    """How hard it is to make: 1 (easy) to 10 (hard), by the score of Ertl and Schuffenhauer (2009)."""

    weight: float = 1.0
    name: ClassVar[str] = "synthetic accessibility"
    is_higher_better: ClassVar[bool] = False

    def judge(self, molecule: Any) -> Measurement:
        """Compute it with the script that RDKit brings along."""
        value = float(_sa_scorer().calculateScore(molecule))
        words = f"Synthetic accessibility (1 easy to 10 hard, lower is better): {value:.1f}."
        return Measurement(value, (10 - value) / 9, words)


@dataclass(frozen=True)
class Lipinski(Property):
    """How many of Lipinski's four rules for oral drugs are broken."""

    weight: float = 1.0
    name: ClassVar[str] = "Lipinski violations"
    is_higher_better: ClassVar[bool] = False

    def judge(self, molecule: Any) -> Measurement:
        """Count the broken rules, and name them."""
        descriptors = rdkit("Chem.Descriptors")
        rules = (
            ("molecular weight", descriptors.MolWt(molecule), 500),
            ("logP", descriptors.MolLogP(molecule), 5),
            ("hydrogen-bond donors", descriptors.NumHDonors(molecule), 5),
            ("hydrogen-bond acceptors", descriptors.NumHAcceptors(molecule), 10),
        )
        broken = [f"{name} {value:.4g} above {limit}" for name, value, limit in rules if value > limit]
        listed = f": {', '.join(broken)}" if broken else ""
        words = f"Lipinski's rules: {len(broken)} of 4 broken{listed}."
        return Measurement(float(len(broken)), 1 - len(broken) / 4, words)


@dataclass(frozen=True)
class Similarity(Property):
    """Tanimoto similarity to a given molecule, from 0 to 1, over Morgan fingerprints of radius 2.

    Args:
        reference: SMILES of the molecule to stay near to.
        weight: Its share in the score.
    """

    reference: str
    weight: float = 1.0
    name: ClassVar[str] = "similarity"

    def judge(self, molecule: Any) -> Measurement:
        """Compare the fingerprints."""
        prints = [_fingerprint(each) for each in (molecule, parse_molecule(self.reference))]
        value = float(rdkit("DataStructs").TanimotoSimilarity(*prints))
        words = f"Similarity to {self.reference} (0 to 1, higher is better): {value:.2f}."
        return Measurement(value, value, words)

    def fingerprint(self) -> str:
        """The reference is part of it."""
        return f"{super().fingerprint()} to {canonical_smiles(self.reference)}"


def _fingerprint(molecule: Any) -> Any:
    generator = rdkit("Chem.rdFingerprintGenerator").GetMorganGenerator(radius=2, fpSize=2048)
    return generator.GetFingerprint(molecule)


@functools.cache
def _sa_scorer() -> Any:
    """The scorer from RDKit's contributions, which are scripts in a folder and not a package."""
    path = Path(rdkit("RDConfig").RDContribDir) / "SA_Score" / "sascorer.py"
    spec = importlib.util.spec_from_file_location("sascorer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
