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

SIMULATED = "simulated"


def improve(
    task: mol.BindingTask,
    docking: mol.Docking,
    engine: tg.Engine | str,
    *,
    trials: int,
    has_critic: bool = False,
) -> mol.Trajectory:
    """Return all that was tried; each molecule is printed as soon as it is measured."""
    metric = task.metric(docking)
    proposer = mol.TextualProposer(mol.MoleculeLoss(metric, critic=engine if has_critic else None), engine)

    def tell(trial: mol.Trial) -> None:
        print(describe(metric, trial), flush=True)

    found = mol.MoleculeSearch(metric, proposer, trials=trials, on_trial=tell).run(task.start)
    print(f"{proposer.calls} rewrites were asked for, {proposer.refused} came to nothing.")
    return found


def describe(metric: mol.MoleculeMetric, trial: mol.Trial) -> str:
    """A line about one molecule."""
    values = ", ".join(f"{each.name} {each.shown(trial.values[each.name])}" for each in metric.objectives)
    return f"{trial.number:3}  {trial.score:.3f}  {values}  {trial.smiles}"


def main() -> None:
    """Print the molecules as they come, and write them as a page, as pictures and as data."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=SIMULATED, help="any engine name (default: a simulated chemist)")
    parser.add_argument("--critic", action="store_true", help="let the model read the measurements first")
    parser.add_argument("--start", default=mol.BindingTask.start, help="SMILES (default: aspirin)")
    parser.add_argument("--target", default=mol.BindingTask.target, help="a receptor (default: PPARA)")
    parser.add_argument("--backend", choices=["vina", "dockstring"], default="vina")
    parser.add_argument("--trials", type=int, default=20, help="molecules to dock (default: 20)")
    parser.add_argument("--processes", type=int, default=1, help="molecules docked at once (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="for the simulated chemist")
    parser.add_argument("--cache-dir", type=Path, help="where docking scores are kept")
    parser.add_argument("--out", type=Path, default=Path("runs/molecule"))
    arguments = parser.parse_args()
    backend = mol.Vina() if arguments.backend == "vina" else mol.Dockstring()
    docking = mol.Docking(backend, processes=arguments.processes, cache_dir=arguments.cache_dir)
    is_simulated = arguments.model == SIMULATED
    found = improve(
        mol.BindingTask(arguments.target, arguments.start),
        docking,
        mol.SimulatedChemist(arguments.seed) if is_simulated else arguments.model,
        trials=arguments.trials,
        has_critic=arguments.critic,
    )
    print(f"Best: {found.best.smiles}, number {found.best.number}. {docking.calls} dockings were computed.")
    title = f"Molecules that bind to {arguments.target}"
    pages = [mol.write_page(found, arguments.out, title), found.save(arguments.out)]
    print("Written:", *pages, *mol.write_pictures(found, arguments.out))


if __name__ == "__main__":
    main()
