"""How time and memory of the graph grow: a chain and a sum, of N and of 10 N nodes, forward and backward.

    python benchmarks/graph.py
    python benchmarks/graph.py --nodes 1000 --repeats 5

Every function is free of cost, so what is measured is the graph alone. Linear growth is a ratio of 10; the
target is at most 13. Seconds are processor time, so that other work on the machine does not show, and each
measurement runs in a process of its own. As in ``timeit``, the cyclic garbage collector is off meanwhile,
since its cost depends on all else that a process holds; ``--collect`` leaves it on. A graph has no cycles, so
nothing waits for the collector.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from textgrad_lite.graph import Call, Criticism, Feedback, Function, Gradient, PassThrough, Value, Variable

TARGET = 13.0


class Link(Function):
    """Costs nothing, forward and backward."""

    name = "link"

    async def forward(self, call: Call) -> Value:  # noqa: ARG002
        """Say nothing of interest."""
        return "link"

    async def backward(
        self,
        call: Call,  # noqa: ARG002
        criticism: Criticism,  # noqa: ARG002
        wanted: tuple[int, ...],
    ) -> Mapping[int, Sequence[Feedback | Gradient]]:
        """Say nothing of interest of each argument."""
        return {index: [Feedback("shorter")] for index in wanted}


class Total(PassThrough):
    """A sum of losses."""

    name = "sum"

    async def forward(self, call: Call) -> Value:
        """Count the losses."""
        return len(call.arguments)


def build(shape: str, nodes: int) -> Variable:
    """The end of a chain, or a sum of losses each with a leaf of its own."""
    link, start = Link(), Variable("x", role_description="a leaf")
    if shape == "sum":
        leaves = (Variable("x", role_description="a leaf") for _ in range(nodes))
        losses = [link.apply(leaf, role_description="a loss") for leaf in leaves]
        return Total().apply(*losses, role_description="the sum")
    end = start
    for _ in range(nodes):
        end = link.apply(end, role_description="a link")
    return end


def peak_bytes() -> int:
    """The most memory that this process ever had; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure(shape: str, nodes: int, collect: bool) -> dict[str, float]:
    """Seconds forward and backward, and bytes a node, in this process."""
    build(shape, 100).backward()
    gc.collect()
    if not collect:
        gc.disable()
    before = peak_bytes()
    started = time.process_time()
    end = build(shape, nodes)
    _ = end.value
    forward = time.process_time()
    end.backward()
    backward = time.process_time()
    return {
        "forward": forward - started,
        "backward": backward - forward,
        "both": backward - started,
        "bytes": (peak_bytes() - before) / nodes,
    }


def measure_apart(shape: str, nodes: int, collect: bool, repeats: int) -> dict[str, float]:
    """The median of several measurements, each in a process of its own."""
    command = [sys.executable, str(Path(__file__)), "--measure", shape, "--nodes", str(nodes)]
    command += ["--collect"] * collect
    results: list[dict[str, float]] = []
    for _ in range(repeats):
        done = subprocess.run(
            [*command, *["--collect"] * collect], check=True, capture_output=True, text=True
        )
        results.append(json.loads(done.stdout))
    return {key: median(result[key] for result in results) for key in results[0]}


def main() -> int:
    """Print one line per shape and half; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=10_000, help="N; the larger graph has ten times as many")
    parser.add_argument("--repeats", type=int, default=3, help="measurements of which the median counts")
    parser.add_argument("--collect", action="store_true", help="leave the garbage collector on")
    parser.add_argument("--measure", choices=["chain", "sum"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.nodes, options.collect)))
        return 0
    worst = 0.0
    for shape in ("chain", "sum"):
        small, large = (
            measure_apart(shape, nodes, options.collect, options.repeats)
            for nodes in (options.nodes, 10 * options.nodes)
        )
        print(f"{shape} of {options.nodes:,} and of {10 * options.nodes:,} nodes")
        for half in ("forward", "backward", "both"):
            ratio = large[half] / small[half]
            print(f"  {half:9} {small[half]:7.3f} s {large[half]:8.3f} s   ratio {ratio:5.1f}")
        print(f"  peak memory {small['bytes']:,.0f} and {large['bytes']:,.0f} bytes a node")
        worst = max(worst, large["both"] / small["both"])
    print(f"worst ratio {worst:.1f}, target at most {TARGET:.0f}")
    return int(worst > TARGET)


if __name__ == "__main__":
    raise SystemExit(main())
