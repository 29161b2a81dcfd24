"""How long does `import textgrad_lite` take, and how long `import textgrad`?

Each import is timed from outside, in a fresh interpreter, less what the interpreter takes to start and end;
the repetitions of all programs are interleaved, after one of each that does not count.

    python benchmarks/import_time.py
    python benchmarks/import_time.py --with-textgrad                      # installs it into a throw-away venv
    python benchmarks/import_time.py --with-textgrad ~/venv/bin/python    # takes one that has it

Prints medians. Exits with 1 where textgrad is not at least ten times as slow.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from overhead import make_venv

LEAST_RATIO = 10.0

OFFLINE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
"""Keeps textgrad's litellm from fetching prices while it is imported, which would count the network too."""


def main() -> None:
    """Measure, print the table, and fail where the limit is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=9, help="measured imports of each kind")
    parser.add_argument(
        "--with-textgrad", nargs="?", const="", metavar="PYTHON", help="measure textgrad beside it"
    )
    arguments = parser.parse_args()
    programs = {
        "nothing": [sys.executable, "-c", "pass"],
        "textgrad_lite": [sys.executable, "-c", "import textgrad_lite"],
        "textgrad_lite, all public names": [sys.executable, "-c", "from textgrad_lite import *"],
    }
    with tempfile.TemporaryDirectory() as folder:
        if arguments.with_textgrad is not None:
            python = arguments.with_textgrad or make_venv(Path(folder) / "venv", "textgrad")
            programs |= {
                "nothing there": [python, "-c", "pass"],
                "textgrad": [python, "-c", "import textgrad"],
            }
        medians = measure(programs, arguments.repetitions, Path(folder))
    sys.exit(report(medians))


def measure(programs: Mapping[str, Sequence[str]], repetitions: int, folder: Path) -> dict[str, float]:
    """Return the median seconds of each program."""
    times: dict[str, list[float]] = {name: [] for name in programs}
    for repetition in range(repetitions + 1):
        for name, command in programs.items():
            start = time.perf_counter()
            # In a folder of its own, because textgrad makes one for logs where it is imported.
            subprocess.run(command, cwd=folder, env=os.environ | OFFLINE, check=True)
            if repetition:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def report(medians: Mapping[str, float]) -> int:
    """Print what each import takes, and return the exit code."""
    ours = medians["textgrad_lite"] - medians["nothing"]
    everything = medians["textgrad_lite, all public names"] - medians["nothing"]
    print(f"  import textgrad_lite                {ours * 1000:8.1f} ms")
    print(f"  all public names of it              {everything * 1000:8.1f} ms")
    if "textgrad" not in medians:
        return 0
    theirs = medians["textgrad"] - medians["nothing there"]
    ratio = theirs / max(ours, 1e-3)
    print(f"  import textgrad                     {theirs * 1000:8.1f} ms   {ratio:.0f} times ours")
    return 0 if ratio >= LEAST_RATIO else 1


if __name__ == "__main__":
    main()
