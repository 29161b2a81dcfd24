"""Refines one answer: the loop of textgrad's README, and the same several times over with a vote at the end.

python refine_answer.py --model local/qwen2.5-coder-1.5b --iterations 3
"""

from __future__ import annotations

import argparse

import textgrad_lite as tg
from textgrad_lite.tasks import Refinement

QUESTION = (
    "If it takes 1 hour to dry 25 shirts under the sun, how long will it take to dry 30 shirts? "
    "Reason step by step."
)
INSTRUCTION = f"""Here is a question: {QUESTION}
Check an answer to it. Be smart, logical and very critical, and give concise feedback only."""


def refine(engine: tg.Engine | str, steps: int = 1) -> list[str]:
    """Return the answer as the model gave it first, and after each step: textgrad's loop, as it stands."""
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


def refine_and_vote(engine: tg.Engine | str, iterations: int = 3) -> Refinement:
    """Return all versions, what each of them answers, and the vote over them."""
    return tg.refine(
        f"{QUESTION} Write the answer in a last line: 'Answer: ' and then the time in minutes.",
        engine,
        iterations=iterations,
        constraints=["The last line is 'Answer: ' and the time in minutes."],
        temperature=0.7,
    )


def main() -> None:
    """Print every version of the answer, and the vote."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="local/qwen2.5-coder-1.5b", help="any engine name")
    parser.add_argument("--iterations", type=int, default=3, help="how often the answer is rewritten")
    arguments = parser.parse_args()
    found = refine_and_vote(arguments.model, arguments.iterations)
    for number, (version, answer) in enumerate(zip(found.versions, found.answers, strict=True)):
        print(f"── version {number}: {answer or 'no answer'}\n{version}\n")
    vote = found.vote
    print(f"── the vote: {vote.answer or 'no answer'}, by {vote.confidence:.0%} of {vote.n} versions")


if __name__ == "__main__":
    main()
