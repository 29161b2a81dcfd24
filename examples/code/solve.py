"""Writes a function and improves it at test time: visible tests criticise it, hidden tests judge it.

The tests really run, in a sandbox (the extra ``code``). Without ``--model`` the programmer is a SIMULATION: a
few rules of thumb that see only the text that a model would get.

    python examples/code/solve.py
    python examples/code/solve.py --model local/qwen2.5-coder-1.5b
"""

from __future__ import annotations

import argparse
import ast
import re

import textgrad_lite as tg
from textgrad_lite.domains import code
from textgrad_lite.engines import Request
from textgrad_lite.prompts import parse
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing import ScriptedEngine

SIMULATED = "simulated"
PROBLEM = code.Problem(
    id="median",
    prompt='def median(numbers: list[float]) -> float:\n    """Give the median of some numbers."""\n',
    entry_point="median",
    visible=code.read_assertions(
        ["assert median([3, 1, 2]) == 2", "assert median([4, 2, 1, 3]) == 2.5"], "median"
    ),
    hidden=code.read_assertions(
        [
            "assert median([5]) == 5",
            "assert median([-1, -3]) == -2",
            "assert median([9, 1, 5, 3, 7]) == 5",
            "assert abs(median([0.1, 0.2]) - 0.15) < 1e-9",
        ],
        "median",
    ),
)
FIRST_TRY = """def median(numbers):
    middle = len(numbers) // 2
    return numbers[middle]
"""


def simulated_programmer() -> ScriptedEngine:
    """Make an engine that writes a hasty function, and mends what a failing test in its prompt shows."""
    return ScriptedEngine(name=SIMULATED).on(FIRST_TRY, purpose="forward").on(mend, purpose="optimizer")


def mend(request: Request) -> str:
    """Answer a request for a rewrite, from its text alone."""
    asked = request.messages[-1].text
    program = parse.extract_tag(asked, "current_text") or FIRST_TRY
    failing = re.search(r"median\((\[.*?\])\)\n</call>", asked)
    numbers = ast.literal_eval(failing[1]) if failing else []
    if numbers != sorted(numbers) and "sorted" not in program:
        program = program.replace("    middle", "    numbers = sorted(numbers)\n    middle", 1)
    elif len(numbers) % 2 == 0 and "% 2" not in program:
        even = "    if len(numbers) % 2 == 0:\n        return (numbers[middle - 1] + numbers[middle]) / 2\n"
        program = program.replace("    return", f"{even}    return", 1)
    first, last = NEW_TEXT_TAGS
    return f"{first}\n{program}\n{last}"


def solve(engine: tg.Engine | str, sandbox: code.Sandbox, steps: int = 4) -> code.Solution:
    """Solve the problem, and say how."""
    solver = code.Solver(engine, sandbox, steps=steps)
    solution = solver.solve(PROBLEM)
    for number, iterate in enumerate(solution.iterates):
        print(f"step {number}: {iterate.report.n_passed} of {len(PROBLEM.visible)} visible tests pass")
    programs = [solution.iterates[0].program, solution.best.program]
    before, after = solver.judge(PROBLEM, programs)
    print(f"hidden tests: {before.n_passed} -> {after.n_passed} of {len(PROBLEM.hidden)}")
    return solution


def main() -> None:
    """Print the steps and the program."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=SIMULATED, help="any engine name (default: a simulation)")
    parser.add_argument("--steps", type=int, default=4)
    arguments = parser.parse_args()
    is_simulated = arguments.model == SIMULATED
    sandbox = code.find_sandbox()
    print(f"programmer: {'SIMULATED' if is_simulated else arguments.model}; tests: {sandbox.name}")
    engine = simulated_programmer() if is_simulated else arguments.model
    print(f"\n{solve(engine, sandbox, arguments.steps).best.program}")


if __name__ == "__main__":
    main()
