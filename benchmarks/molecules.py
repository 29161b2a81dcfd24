"""Molecules: does criticism find better ones than random valid edits, at equal numbers of docked molecules?

Both go on from the best molecule so far and both dock the same number. The docking and QED are real; the
writer is a simulated chemist unless ``--model`` names a real one. Needs the extra ``docking``:

    python benchmarks/molecules.py --seeds 3 --trials 20
    python benchmarks/molecules.py --check      (aspirin by both backends; needs the extra openbabel too)
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from statistics import fmean, median

import textgrad_lite as tg
from textgrad_lite.domains import molecules as mol

SIMULATED = "simulated"
REFERENCE = {"dockstring": -6.1, "vina": -6.16}
TOLERANCE = 0.5

HEADINGS = "seed  method    start  best  affinity    QED  on front  docked  minutes  molecule"


def main() -> None:
    """Check the backends, or run the seeds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="dock aspirin by both backends, and end")
    parser.add_argument("--model", default=SIMULATED, help="any engine name (default: a simulated chemist)")
    parser.add_argument("--critic", action="store_true", help="let the model read the measurements first")
    parser.add_argument("--start", default=mol.BindingTask.start, help="SMILES (default: aspirin)")
    parser.add_argument("--target", default=mol.BindingTask.target, help="a receptor (default: PPARA)")
    parser.add_argument("--exhaustiveness", type=int, default=8, help="Vina's effort (default: 8)")
    parser.add_argument("--processes", type=int, default=1, help="molecules docked at once (default: 1)")
    parser.add_argument("--trials", type=int, default=20, help="molecules to dock (default: 20)")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds (default: 3)")
    parser.add_argument("--cache-dir", type=Path, help="where docking scores are kept")
    parser.add_argument("--out", type=Path, default=Path("runs/molecules"), help="where the runs go")
    arguments = parser.parse_args()
    if arguments.check:
        check(arguments.cache_dir)
        return
    docking = mol.Docking(
        mol.Vina(exhaustiveness=arguments.exhaustiveness),
        processes=arguments.processes,
        cache_dir=arguments.cache_dir,
    )
    task = mol.BindingTask(arguments.target, arguments.start)
    print(HEADINGS)
    scores: dict[str, list[float]] = {"criticism": [], "random": []}
    for seed in range(arguments.seeds):
        for method in scores:
            metric = task.metric(docking)
            proposer = make_proposer(method, metric, seed, arguments)
            started = time.monotonic()
            found = mol.MoleculeSearch(metric, proposer, trials=arguments.trials).run(task.start)
            minutes = (time.monotonic() - started) / 60
            scores[method].append(found.best.score)
            folder = arguments.out / f"{method}-{seed}"
            found.save(folder)
            mol.write_page(found, folder, f"{method}, seed {seed}")
            print(f"{seed:4}  {method:9} {describe(found, minutes)}", flush=True)
    print(summarise(scores))


def make_proposer(
    method: str, metric: mol.MoleculeMetric, seed: int, arguments: argparse.Namespace
) -> mol.Proposer:
    """Who proposes the molecules of one run."""
    if method == "random":
        return mol.RandomProposer(seed)
    engine: tg.Engine = (
        mol.SimulatedChemist(seed) if arguments.model == SIMULATED else tg.get_engine(arguments.model)
    )
    loss = mol.MoleculeLoss(metric, critic=engine if arguments.critic else None)
    return mol.TextualProposer(loss, engine)


def describe(found: mol.Trajectory, minutes: float) -> str:
    """The rest of a row. A docking that fails counts as docked."""
    best = found.best
    values = "  ".join(f"{each.shown(best.values[each.name]).split()[0]:>8}" for each in found.objectives)
    return (
        f"{found.trials[0].score:.3f} {best.score:.3f}  {values}  {len(found.front):8}"
        f"  {len(found.trials) - 1:6}  {minutes:7.1f}  {best.smiles}"
    )


def summarise(scores: dict[str, list[float]]) -> str:
    """Means and medians of the best scores, and how often criticism was ahead."""
    lines = [
        f"{method}: mean {fmean(found):.3f}, median {median(found):.3f}" for method, found in scores.items()
    ]
    pairs = list(zip(scores["criticism"], scores["random"], strict=True))
    ahead = sum(one > other for one, other in pairs)
    return "\n".join([*lines, f"criticism ahead in {ahead} of {len(pairs)} seeds"])


def check(cache_dir: Path | None) -> None:
    """Dock aspirin into PPARA by both backends.

    Raises:
        SystemExit: One is further than the tolerance from what was measured before.
    """
    far, task = [], mol.BindingTask()
    for backend in (mol.Dockstring(), mol.Vina()):
        pose = asyncio.run(mol.Docking(backend, cache_dir=cache_dir).dock(task.start, task.target))
        expected = REFERENCE[backend.name]
        print(f"{backend.name}: {pose.affinity} kcal/mol {pose.failure} (measured before: {expected})")
        if pose.affinity is None or abs(pose.affinity - expected) > TOLERANCE:
            far.append(backend.name)
    if far:
        raise SystemExit(f"further than {TOLERANCE} from what was measured before: {', '.join(far)}")


if __name__ == "__main__":
    main()
