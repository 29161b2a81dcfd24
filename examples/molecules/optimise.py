"""Improves a molecule from what docking and RDKit say of it: affinity to a protein and drug-likeness at once.

The variable is a SMILES string, the loss is computed by AutoDock Vina and RDKit, and what is no molecule is
never adopted. Needs the extra ``docking``. Without a model a simulated chemist writes the molecules, by rules
of thumb from the text that a model would get:

    python examples/molecules/optimise.py --trials 10
    python examples/molecules/optimise.py --model openai/gpt-5-mini --critic --out runs/molecule
"""

from __future__ import annotations

import argparse
from pathlib import Path

import textgrad_lite as tg
from textgrad_lite.domains import molecules as mol

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
SIMULATED = "simulated"


def improve(
    start: str, metric: mol.MoleculeMetric, engine: tg.Engine | str, *, trials: int, critic: bool = False
) -> mol.Trajectory:
    """Return all that was tried."""
    loss = mol.MoleculeLoss(metric, critic=engine if critic else None)
    proposer = mol.TextualProposer(loss, engine)
    trajectory = mol.MoleculeSearch(metric, proposer, trials=trials).run(start)
    print(f"{proposer.calls} rewrites were asked for, {proposer.refused} came to nothing.")
    return trajectory


def describe(trajectory: mol.Trajectory, trial: mol.Trial) -> str:
    """A line about one molecule."""
    values = ", ".join(f"{each.name} {each.shown(trial.values[each.name])}" for each in trajectory.objectives)
    return f"{trial.number:3}  {trial.score:.3f}  {values}  {trial.smiles}"


def main() -> None:
    """Print the molecules along the way and those on the front; write them, with pictures, into a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=SIMULATED, help="any engine name (default: a simulated chemist)")
    parser.add_argument("--critic", action="store_true", help="let the model read the measurements first")
    parser.add_argument("--start", default=ASPIRIN, help="SMILES (default: aspirin)")
    parser.add_argument("--target", default="PPARA", help="a receptor of dockstring (default: PPARA)")
    parser.add_argument("--backend", choices=["vina", "dockstring"], default="vina")
    parser.add_argument("--trials", type=int, default=20, help="molecules to dock (default: 20)")
    parser.add_argument("--processes", type=int, default=1, help="molecules docked at once (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="for the simulated chemist")
    parser.add_argument("--cache-dir", type=Path, help="where docking scores are kept")
    parser.add_argument("--out", type=Path, default=Path("runs/molecule"))
    arguments = parser.parse_args()
    backend = mol.Vina() if arguments.backend == "vina" else mol.Dockstring()
    docking = mol.Docking(backend, processes=arguments.processes, cache_dir=arguments.cache_dir)
    metric = mol.MoleculeMetric([mol.Affinity(arguments.target, docking), mol.QED(weight=10)])
    is_simulated = arguments.model == SIMULATED
    engine = mol.SimulatedChemist(arguments.seed) if is_simulated else arguments.model
    found = improve(arguments.start, metric, engine, trials=arguments.trials, critic=arguments.critic)
    for title, trials in (("Along the trajectory", found.improvements), ("On the front", found.front)):
        print(f"{title}:", *(describe(found, trial) for trial in trials), sep="\n")
    written = [found.save(arguments.out), *mol.write_pictures(found, arguments.out)]
    print(f"{docking.calls} dockings were computed. Written:", *written)


if __name__ == "__main__":
    main()
