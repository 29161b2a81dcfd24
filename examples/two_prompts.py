"""Trains two prompts together: one extracts facts, the other answers from them.

What is wrong with an answer may be the fault of either. The criticism flows back through the second call into
its prompt, and through the facts into the first one; the optimizer rewrites both.

    python two_prompts.py --model local/qwen2.5-coder-1.5b
"""

from __future__ import annotations

import argparse

import textgrad_lite as tg

EXAMPLES = [
    tg.Example(id="1", input="Ann was born in 1950. Her son came 24 years later.", target="1974"),
    tg.Example(id="2", input="The bridge, 70 years old in 1999, was torn down.", target="1929"),
    tg.Example(id="3", input="He left school in 1987 and came back after 11 years.", target="1998"),
    tg.Example(id="4", input="A shop opened in 2003, five years after its owner's first.", target="1998"),
]


class Pipeline(tg.Module):
    """Facts first, then the year that is asked for."""

    def __init__(self, engine: tg.Engine | str) -> None:
        self.extract = tg.BlackboxLLM(
            engine,
            tg.Variable("List the facts in the text.", role_description="prompt that extracts facts"),
        )
        self.answer = tg.BlackboxLLM(
            engine,
            tg.Variable(
                "Which year do the facts lead to? End with 'Answer: YEAR'.",
                role_description="prompt that answers from facts",
            ),
        )

    def forward(self, text: str) -> tg.Variable:
        """Return the answer, pending."""
        given = tg.Variable(text, role_description="text", requires_grad=False)
        facts = self.extract(given, "facts from the text")
        return self.answer(facts, "answer from the facts")


def train(engine: tg.Engine | str, epochs: int = 1) -> dict[str, str]:
    """Return both prompts after training, by name."""
    pipeline = Pipeline(engine)
    loss_function = tg.MetricLoss(tg.get_metric("numeric"))
    optimizer = tg.TGD(parameters=pipeline.parameters(), engine=engine)
    with tg.use_engine(engine):
        for _ in range(epochs):
            optimizer.zero_grad()
            losses = [loss_function(pipeline(example.input), example) for example in EXAMPLES]
            tg.sum(losses).backward()
            optimizer.step()
    return {name: str(prompt.value) for name, prompt in pipeline.named_parameters().items()}


def main() -> None:
    """Print both prompts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="local/qwen2.5-coder-1.5b", help="any engine name")
    parser.add_argument("--epochs", type=int, default=1)
    arguments = parser.parse_args()
    for name, prompt in train(arguments.model, arguments.epochs).items():
        print(f"── {name}\n{prompt}\n")


if __name__ == "__main__":
    main()
