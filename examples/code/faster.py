"""Makes a correct program faster: the longest increasing subsequence, from quadratic time to n log n.

The loss is the time that is measured in a sandbox, beside that of the original; tests are a hard constraint,
so that a rewrite that is fast and wrong is sent back. Needs the extra ``code`` on Linux. Without ``--model``
reviewer and programmer are a SIMULATION that sees only the text that a model would get; its first idea is
wrong.

    python examples/code/faster.py
    python examples/code/faster.py --model openai/gpt-5-mini
"""

from __future__ import annotations

import argparse

import textgrad_lite as tg
from textgrad_lite.domains import code
from textgrad_lite.engines import Request
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing import ScriptedEngine

SIMULATED = "simulated"
SLOW = '''def longest(numbers):
    """Length of the longest strictly increasing subsequence."""
    best = []
    for i, number in enumerate(numbers):
        before = [best[j] for j in range(i) if numbers[j] < number]
        best.append(1 + max(before, default=0))
    return max(best, default=0)
'''
FAST = '''from bisect import bisect_left


def longest(numbers):
    """Length of the longest strictly increasing subsequence."""
    ends = []  # the least end of a subsequence of each length
    for number in numbers:
        place = bisect_left(ends, number)
        ends[place : place + 1] = [number]
    return len(ends)
'''
HASTY = FAST.replace("bisect_left", "bisect_right")  # takes equal numbers for increasing ones
REVIEW = (
    "The time complexity is quadratic: for each number, all earlier ones are looked at. Keep the least end "
    "of a subsequence of each length, which is a sorted list, and find the place by bisection: n log n."
)
TESTS = code.read_assertions(
    [
        "assert longest([]) == 0",
        "assert longest([5]) == 1",
        "assert longest([10, 9, 2, 5, 3, 7, 101, 18]) == 4",
        "assert longest([0, 1, 0, 3, 2, 3]) == 4",
        "assert longest([7, 7, 7, 7]) == 1",
        "assert longest([-1, 3, 4, 5, 2, 2, 2, 2]) == 4",
    ],
    "longest",
)
MAKE_INPUT = """
import random

def make_input(size, seed):
    return ([random.Random(f"{size}-{seed}").randrange(size) for _ in range(size)],)
"""


def simulated_programmer() -> ScriptedEngine:
    """Make an engine that reviews a nested loop, and writes what the review says: hastily, then rightly."""
    return ScriptedEngine(name=SIMULATED).on(review, purpose="loss").on(rewrite, purpose="optimizer")


def review(request: Request) -> str:
    """Answer from the text of the request alone."""
    return REVIEW if "for j in range(i)" in request.messages[-1].text else "There is none that is faster."


def rewrite(request: Request) -> str:
    """Answer from the text of the request alone; a failing test with equal numbers shows what was hasty."""
    asked = request.messages[-1].text
    program = FAST if "[7, 7, 7, 7]" in asked else HASTY
    first, last = NEW_TEXT_TAGS
    return f"{first}\n{program}\n{last}" if "bisection" in request.messages[1].text else "I have no idea."


def speed_up(
    engine: tg.Engine | str, sandbox: code.Sandbox, *, largest: int = 2000, steps: int = 2
) -> list[code.Version]:
    """Return the versions, and say what was measured of each."""
    sizes = tuple(largest // part for part in (8, 4, 2, 1))
    workload = code.Workload("longest", MAKE_INPUT, sizes, repetitions=3)
    examiner = code.Examiner(TESTS, sandbox)
    versions = code.make_faster(SLOW, workload, examiner, engine, reviewer=engine, steps=steps)
    for number, version in enumerate(versions):
        timing = version.measured.timing
        if isinstance(timing, code.Timing):
            growth = "unknown" if timing.growth is None else f"n^{timing.growth:.2f}"
            kept = "kept" if version.is_kept else "dropped"
            print(f"version {number}: {timing.ratio:.4f} times the original's time, growth {growth}, {kept}")
    return versions


def main() -> None:
    """Print what was measured, and the fastest version."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=SIMULATED, help="any engine name (default: a simulation)")
    parser.add_argument("--largest", type=int, default=2000, help="numbers in the largest input")
    parser.add_argument("--steps", type=int, default=2)
    arguments = parser.parse_args()
    is_simulated = arguments.model == SIMULATED
    sandbox = code.BubblewrapSandbox()
    print(f"programmer: {'SIMULATED' if is_simulated else arguments.model}; times: {sandbox.name}")
    engine = simulated_programmer() if is_simulated else arguments.model
    versions = speed_up(engine, sandbox, largest=arguments.largest, steps=arguments.steps)
    print(f"\n{[version for version in versions if version.is_kept][-1].program}")


if __name__ == "__main__":
    main()
