"""The demo over several seeds: does the search on the local model end above its start, and is it significant?

Each seed draws its own items from the demo's generator (or its own split of ``--data``) and runs the same
command as ``make demo``, without answers of earlier runs. Needs the extra ``local``:

    python benchmarks/demo.py --seeds 5
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textgrad_lite.tasks.object_counting import make_items

PLACE = Path(__file__).parents[1] / "examples" / "object_counting"
N_ITEMS = 120

HEADINGS = "seed  before  candidate   after    n        p  calls  minutes  source"


@dataclass(frozen=True)
class Outcome:
    """How one seed ended; scores are shares of right answers on test items.

    ``candidate`` is what the search chose on validation. ``after`` is the prompt that the run hands out: the
    candidate, or the original where the test set does not show the candidate to be higher.
    """

    seed: int
    before: float
    candidate: float
    after: float
    n: int
    p_value: float | None
    minutes: float
    calls: int
    source: str


def main() -> None:
    """Run the seeds that the arguments ask for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds (default: 5)")
    parser.add_argument("--first-seed", type=int, default=0, help="the first of them (default: 0)")
    parser.add_argument("--data", type=Path, help="items to use for every seed instead of generated ones")
    parser.add_argument("--out", type=Path, default=Path(".demo/benchmark"), help="where the runs go")
    parser.add_argument("option", nargs="*", help="more options of `textgrad-lite optimize`, after --")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    outcomes = []
    print(HEADINGS)
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        data = arguments.data or write_items(seed, arguments.out)
        outcome = run_seed(seed, data, arguments.out / f"seed-{seed}", arguments.option)
        outcomes.append(outcome)
        print(describe(outcome), flush=True)
    print(summarise(outcomes))


def write_items(seed: int, folder: Path) -> Path:
    """Return a file with the generator's items for a seed."""
    path = folder / f"items-{seed}.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in make_items(N_ITEMS, seed=seed)))
    return path


def run_seed(seed: int, data: Path, run: Path, options: list[str]) -> Outcome:
    """Run the demo's command once and read its result."""
    command = [str(Path(sys.executable).with_name("textgrad-lite")), "optimize", str(PLACE / "prompt.txt")]
    command += ["--data", str(data), "--config", str(PLACE / "demo.yaml"), "--seed", str(seed)]
    command += ["--cache", "off", "--yes", "--json", "--out", str(run), *options]
    started = time.monotonic()
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if finished.returncode:
        sys.exit(f"seed {seed} ended with exit code {finished.returncode}")
    return read_outcome(seed, json.loads(finished.stdout), (time.monotonic() - started) / 60)


def read_outcome(seed: int, result: dict[str, Any], minutes: float) -> Outcome:
    """Return what counts of a result as ``--json`` prints it."""
    before, after = result["test_before"], result["test_after"] or result["test_before"]
    gains = {name: tally["gain"] for name, tally in result["sources"].items() if tally["accepted"]}
    verdict = result["verdict"] or {}
    return Outcome(
        seed=seed,
        before=before["mean"],
        candidate=after["mean"],
        after=after["mean"] if verdict.get("outcome") in ("better", "higher") else before["mean"],
        n=before["n"],
        p_value=verdict.get("p_value"),
        minutes=minutes,
        calls=sum(row["calls"] for row in result["spend"]),
        source=", ".join(sorted(gains, key=gains.__getitem__, reverse=True)) or "none",
    )


def describe(outcome: Outcome) -> str:
    """Return a row of the table."""
    p_value = "-" if outcome.p_value is None else f"{outcome.p_value:.4f}"
    scores = (
        f"{outcome.before:>7.3f} {outcome.candidate:>10.3f} {outcome.after:>7.3f} {outcome.n:>4} {p_value:>8}"
    )
    return f"{outcome.seed:>4} {scores} {outcome.calls:>6} {outcome.minutes:>8.1f}  {outcome.source}"


def summarise(outcomes: list[Outcome]) -> str:
    """Return the sentence under the table."""
    n_above = sum(outcome.after > outcome.before for outcome in outcomes)
    n_below = sum(outcome.candidate < outcome.before for outcome in outcomes)
    n_significant = sum(
        outcome.after > outcome.before and outcome.p_value is not None and outcome.p_value < 0.05
        for outcome in outcomes
    )
    return (
        f"{n_above} of {len(outcomes)} seeds end above the start ({n_significant} significantly, p < 0.05); "
        f"{n_below} candidates were below it. Mean {statistics.fmean(o.before for o in outcomes):.3f} -> "
        f"{statistics.fmean(o.after for o in outcomes):.3f}."
    )


if __name__ == "__main__":
    main()
