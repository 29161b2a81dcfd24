"""Radiotherapy: does criticism reach clinical goals in fewer plans than chance and grids?

Every method makes at most the same number of plans with pyRadPlan on the TG-119 phantom (grids one more, to
be whole). Critic and rewriter are a simulated planner unless ``--model`` names a real one. Research software,
not for clinical use. Needs the extra ``radiotherapy`` and `pip install --no-deps pyRadPlan==0.5.0`:

    OPENBLAS_NUM_THREADS=1 python benchmarks/radiotherapy.py
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from textgrad_lite.domains import radiotherapy as rt

SIMULATED = "simulated"
PHANTOM_DOSES = {"target": 50.0, "core": 25.0, "body": 30.0}
"""What the phantom's own objectives refer to."""


def main() -> None:
    """Run all methods and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--model", default=SIMULATED, help="any engine name (default: a simulated planner)")
    parser.add_argument("--plans", type=int, default=15, help="most plans of a search (default: 15)")
    parser.add_argument("--starts", type=int, default=10, help="starts drawn by seed (default: 10)")
    parser.add_argument("--draws", type=int, default=10, help="random searches (default: 10)")
    parser.add_argument("--out", type=Path, default=Path("runs/radiotherapy-benchmark"))
    arguments = parser.parse_args()
    planner = rt.Tg119Planner()
    planner.prepare()
    print(f"{'method':25}  reached   {'plans to the goals':30}  mean score  least  plans  CPU s a plan")
    for title, searches in methods(planner, arguments):
        started = time.process_time()
        found = list(searches)
        plans = sum(len(search.attempts) for search in found)
        seconds = (time.process_time() - started) / plans
        print(f"{title:25}  {describe(found)}  {plans:5}  {seconds:12.2f}", flush=True)
        found[0].write(arguments.out / title.replace(" ", "-"))


def methods(planner: rt.Planner, arguments: argparse.Namespace) -> Iterator[tuple[str, Iterator[rt.Search]]]:
    """Every method with its searches, which run when they are read."""
    plans = arguments.plans
    engine = rt.SimulatedPlannerEngine() if arguments.model == SIMULATED else arguments.model
    starts = [rt.POOR_START, *(rt.draw_settings(random.Random(seed)) for seed in range(arguments.starts))]
    yield (
        "words from the poor plan",
        (rt.search_with_words(planner, start, engine=engine, plans=plans) for start in starts[:1]),
    )
    yield (
        "words from drawn plans",
        (rt.search_with_words(planner, start, engine=engine, plans=plans) for start in starts[1:]),
    )
    yield (
        "random search",
        (rt.search_among(planner, rt.random_settings(seed), plans=plans) for seed in range(arguments.draws)),
    )
    grids = {
        "grid of weights": rt.grid_of_weights(PHANTOM_DOSES),
        "grid of weights and doses": rt.grid_of_everything(),
    }
    for title, points in grids.items():
        yield title, (rt.search_among(planner, points, plans=max(plans, len(points))) for _ in range(1))


def describe(searches: Sequence[rt.Search]) -> str:
    """How often the goals were reached, after how many plans, and the scores of the best plans."""
    counts = [search.plans_to_goals for search in searches]
    reached = sum(count is not None for count in counts)
    listed = " ".join(str(count or "-") for count in counts)
    scores = [search.best.result.score for search in searches]
    return f"{reached:2} of {len(searches):2}  {listed:30}  {fmean(scores):10.3f}  {min(scores):5.3f}"


if __name__ == "__main__":
    main()
