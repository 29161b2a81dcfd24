"""Programs: does optimisation at test time help on HumanEval, and what do duplicates and sandboxes cost?

Visible tests (the examples of the docstring) lead, hidden ones judge once at the end. Without ``--model``
the programmer is a SIMULATION: it begins with the known solution with one operator or number changed, and
proposes such changes of the program in its prompt, by chance. So the figures without a model say how the
search, the tests and the recognition of duplicates work, and nothing about how well a model programs. Needs
the extra ``code``:

    python benchmarks/programs.py --problems 40
    python benchmarks/programs.py --model local/qwen2.5-coder-1.5b --problems 20 --draws 1
    python benchmarks/programs.py --speed
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import hashlib
import random
import runpy
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import textgrad_lite as tg
from textgrad_lite import runtime
from textgrad_lite.domains import code
from textgrad_lite.engines import Completion, Request, Usage
from textgrad_lite.prompts import parse
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS

SIMULATED = "simulated"
FASTER = Path(__file__).parents[1] / "examples" / "code" / "faster.py"
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv)


class SimulatedProgrammer(tg.Engine):
    """Changes one operator or number of the program that it is shown."""

    name = SIMULATED

    def __init__(self, problems: Sequence[code.Problem]) -> None:
        self._starts = {problem.prompt: mutant(problem.solution, 0) for problem in problems}

    async def complete(self, request: Request) -> Completion:
        """Answer from the text of the request alone."""
        asked = request.messages[-1].text
        if request.purpose == "forward":
            text = next(start for prompt, start in self._starts.items() if prompt.strip() in asked)
        else:
            first, last = NEW_TEXT_TAGS
            shown = parse.extract_tag(asked, "current_text") or ""
            text = f"{first}\n{mutant(shown, 1 + sum(request.sample))}\n{last}"
        usage = Usage(input_tokens=0, output_tokens=0, cost_usd=0.0)
        return Completion(text=text, finish_reason="stop", usage=usage, model=SIMULATED)

    def identity(self) -> dict[str, str]:
        """See :meth:`Engine.identity`."""
        return {"provider": SIMULATED}


def mutant(program: str, number: int) -> str:
    """Change one place of a program; the same for the same program and number."""
    tree = ast.parse(program)
    source = random.Random(hashlib.sha256(f"{number}{program}".encode()).hexdigest())
    places = [node for node in ast.walk(tree) if is_place(node)]
    if places:
        change(source.choice(places), source)
    return ast.unparse(tree)


def is_place(node: ast.AST) -> bool:
    """Tell whether something can be changed here."""
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    return (isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS) or (
        isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC
    )


def change(node: ast.AST, source: random.Random) -> None:
    """Put another operator or a neighbouring number in a place."""
    if isinstance(node, ast.Compare):
        node.ops[0] = source.choice([kind for kind in COMPARISONS if kind is not type(node.ops[0])])()
    elif isinstance(node, ast.BinOp):
        node.op = source.choice([kind for kind in ARITHMETIC if kind is not type(node.op)])()
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value += source.choice([-1, 1])


def solve_all(
    problems: Sequence[code.Problem], engine: tg.Engine | str, arguments: argparse.Namespace
) -> Iterator[tuple[code.Solution, bool, bool]]:
    """Solve each problem; give the solution, and whether its first and its best program pass all."""
    sandbox = code.BubblewrapSandbox()
    is_simulated = arguments.model == SIMULATED
    solver = code.Solver(
        engine,
        sandbox,
        reviews="never" if is_simulated else "failures",
        steps=arguments.steps,
        draws=arguments.draws,
    )
    for problem in problems:
        solution = solver.solve(problem)
        programs = [solution.iterates[0].program, solution.best.program]
        before, after = solver.judge(problem, programs)
        yield solution, before.is_passed, after.is_passed


def human_eval(arguments: argparse.Namespace) -> None:
    """Print a line per problem that was worked on, and the sums."""
    problems = [problem for problem in code.load_human_eval() if problem.visible]
    problems = random.Random(arguments.seed).sample(problems, min(arguments.problems, len(problems)))
    is_simulated = arguments.model == SIMULATED
    engine = SimulatedProgrammer(problems) if is_simulated else arguments.model
    print(f"programmer: {'SIMULATED' if is_simulated else arguments.model}")
    started, solutions, firsts, bests = time.monotonic(), [], 0, 0
    for solution, before, after in solve_all(problems, engine, arguments):
        solutions.append(solution)
        firsts, bests = firsts + before, bests + after
        if len(solution.iterates) > 1:
            passed = [iterate.report.n_passed for iterate in solution.iterates]
            print(f"{solution.problem.id:>14}  visible {passed}  hidden {before} -> {after}")
    counts = [solution.counts for solution in solutions]
    asked, run = sum(count.asked for count in counts), sum(count.run for count in counts)
    same_syntax, alike = sum(c.same_syntax for c in counts), sum(c.same_behaviour for c in counts)
    n, steps = len(problems), arguments.steps
    print(f"hidden tests pass: {firsts} of {n} at once, {bests} after {steps} steps or less")
    print(f"{asked} programs, {same_syntax} of known syntax, {alike} of known behaviour, {run} run")
    print(f"{(time.monotonic() - started) / 60:.1f} minutes")


def sandboxes(rounds: int = 20) -> None:
    """Print what starting each sandbox costs, in turn, and as a ratio to a plain process."""
    places = (*code.sandboxes(), code.UnsafeSubprocess(unsafe=True))
    taken: dict[str, list[float]] = {place.name: [] for place in places if not place.fault}
    for _ in range(rounds):
        for place in (place for place in places if not place.fault):
            started = time.perf_counter()
            place.run(code.Job("", ("1 + 1",)))
            taken[place.name].append(time.perf_counter() - started)
    base = median(taken["unsafe subprocess"])
    for name, seconds in taken.items():
        middle = median(seconds)
        print(f"{name:>18}: {middle * 1000:6.1f} ms a job, {middle / base:.2f} times a plain process")


def canonical() -> None:
    """Print how many of the known solutions pass, and how long all 164 take."""
    problems = code.load_human_eval()

    async def examine(sandbox: code.Sandbox) -> list[code.CaseReport]:
        examiners = [code.Examiner(problem.hidden, sandbox, code.Limits(seconds=20)) for problem in problems]
        pairs = zip(examiners, problems, strict=True)
        return await asyncio.gather(*(examiner.aexamine(problem.solution) for examiner, problem in pairs))

    for sandbox in code.sandboxes():
        started = time.monotonic()
        reports = runtime.run(examine(sandbox))
        passed = sum(report.is_passed for report in reports)
        unsupported = sum(bool(report.unsupported) for report in reports)
        wrong = sum(bool(report.failures) for report in reports)
        seconds = time.monotonic() - started
        print(f"{sandbox.name}: {passed} pass, {unsupported} unsupported, {wrong} wrong; {seconds:.1f} s")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--model", default=SIMULATED, help="any engine name (default: a simulation)")
    parser.add_argument("--problems", type=int, default=40, help="how many (default: 40)")
    parser.add_argument("--steps", type=int, default=3, help="rewrites at most (default: 3)")
    parser.add_argument("--draws", type=int, default=8, help="proposals a step (default: 8)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--speed", action="store_true", help="the longest increasing subsequence instead")
    parser.add_argument("--search-only", action="store_true", help="leave out sandboxes and known solutions")
    arguments = parser.parse_args()
    if arguments.speed:
        example = runpy.run_path(str(FASTER))
        is_simulated = arguments.model == SIMULATED
        engine = example["simulated_programmer"]() if is_simulated else arguments.model
        example["speed_up"](engine, code.BubblewrapSandbox(), largest=4000, steps=arguments.steps)
        return
    if not arguments.search_only:
        sandboxes()
        canonical()
    human_eval(arguments)


if __name__ == "__main__":
    main()
