"""Refines one answer: the loop of textgrad's README, with another import and nothing else changed.

python refine_answer.py --model local/qwen2.5-coder-1.5b
"""

from __future__ import annotations

import argparse

import textgrad_lite as tg

QUESTION = (
    "If it takes 1 hour to dry 25 shirts under the sun, how long will it take to dry 30 shirts? "
    "Reason step by step."
)
INSTRUCTION = f"""Here is a question: {QUESTION}
Check an answer to it. Be smart, logical and very critical, and give concise feedback only."""


def refine(engine: tg.Engine | str, steps: int = 1) -> list[str]:
    """Return the answer as the model gave it first, and after each step."""
    tg.set_backward_engine(engine, override=True)
    question = tg.Variable(QUESTION, role_description="question to the model", requires_grad=False)
    answer = tg.BlackboxLLM(engine)(question)
    optimizer = tg.TGD(parameters=[answer])
    loss_function = tg.TextLoss(INSTRUCTION)
    versions = [str(answer.value)]
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_function(answer)
        loss.backward()
        optimizer.step()
        versions.append(str(answer.value))
    return versions


def main() -> None:
    """Print every version of the answer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="local/qwen2.5-coder-1.5b", help="any engine name")
    parser.add_argument("--steps", type=int, default=1)
    arguments = parser.parse_args()
    for number, version in enumerate(refine(arguments.model, arguments.steps)):
        print(f"── version {number}\n{version}\n")


if __name__ == "__main__":
    main()
