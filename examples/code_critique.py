"""Improves a function from what a reviewer says of it; a rewrite that is no Python is never adopted.

The variable is code, the loss is a model's review, and a hard constraint in plain code guards the step.
The code is only parsed, never run.

    python code_critique.py --model local/qwen2.5-coder-1.5b
"""

from __future__ import annotations

import argparse

import textgrad_lite as tg
from textgrad_lite.optimizers.constraints import ParsesAsPython

CODE = '''def has_pair(numbers, total):
    """Says whether two of the numbers, at different places, add up to the total."""
    for i in range(len(numbers)):
        for j in range(len(numbers)):
            if numbers[i] + numbers[j] == total:
                return True
    return False
'''
INSTRUCTION = """You review Python code. Does it do what its docstring says, for any input, and fast enough?
Name the mistakes that matter, in short sentences. Do not write code."""


def improve(engine: tg.Engine | str, steps: int = 2) -> str:
    """Return the code after the steps."""
    code = tg.Variable(CODE, role_description="Python function with a docstring")
    review = tg.TextLoss(INSTRUCTION, engine=engine)
    optimizer = tg.TGD(
        parameters=[code],
        engine=engine,
        constraints=["Keep the name of the function, its parameters and its docstring."],
        hard_constraints=[ParsesAsPython()],
    )
    for _ in range(steps):
        optimizer.zero_grad()
        review(code).backward(engine)
        report = optimizer.step()
        for proposal in report.proposals:
            print("accepted" if proposal.is_accepted else f"rejected: {proposal.reason}")
    return str(code.value)


def main() -> None:
    """Print the code as it ends."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="local/qwen2.5-coder-1.5b", help="any engine name")
    parser.add_argument("--steps", type=int, default=2)
    arguments = parser.parse_args()
    print(improve(arguments.model, arguments.steps))


if __name__ == "__main__":
    main()
