"""Makes a poor radiotherapy plan good: rewrites the settings of a dose optimiser until goals are kept.

Research software, not for clinical use. pyRadPlan makes the plans, for a phantom that it ships. Needs the
extra ``radiotherapy`` and `pip install --no-deps pyRadPlan==0.5.0`. Without a model a simulated planner
criticises and rewrites, by rules of thumb from the text that a model would get:

    OPENBLAS_NUM_THREADS=1 python examples/radiotherapy/plan.py
    OPENBLAS_NUM_THREADS=1 python examples/radiotherapy/plan.py --model openai/gpt-5-mini --out runs/plan
"""

from __future__ import annotations

import argparse
from pathlib import Path

from textgrad_lite.domains import radiotherapy as rt
from textgrad_lite.training import RunFolder

SIMULATED = "simulated"


def show(attempt: rt.Attempt) -> None:
    """Print what became of one plan."""
    settings = attempt.plan.settings.text.replace("\n\n", "\n").strip().replace("\n", ", ")
    title = f"── plan {attempt.number}: score {attempt.result.score:.3f}"
    print(title, settings, attempt.result.feedback, "", sep="\n")


def main() -> None:
    """Print every plan, and write them into a run folder with a picture of the first and the best."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=SIMULATED, help="any engine name (default: a simulated planner)")
    parser.add_argument("--plans", type=int, default=15, help="most plans to make (default: 15)")
    parser.add_argument("--out", type=Path, default=Path("runs/radiotherapy"))
    arguments = parser.parse_args()
    engine = rt.SimulatedPlannerEngine() if arguments.model == SIMULATED else arguments.model
    config = {"task": "radiotherapy", "model": arguments.model, "plans": arguments.plans}
    with RunFolder.create(arguments.out, config) as run:
        search = rt.search_with_words(rt.Tg119Planner(), engine=engine, plans=arguments.plans, watch=show)
        run.write_best(search.best.plan.settings.text, search.first.plan.settings.text, name="settings.txt")
        search.write(run.path)
    reached = search.plans_to_goals
    print(f"All goals are kept after {reached} plans." if reached else "Not all goals are kept.")
    print(f"Plans, settings and pictures: {arguments.out}. Not for clinical use.")


if __name__ == "__main__":
    main()
