"""What `textgrad-lite optimize` does, in Python: trains a prompt that counts things, and judges it.

python train.py --model local/qwen2.5-coder-1.5b
"""

from __future__ import annotations

import argparse
from pathlib import Path

import textgrad_lite as tg
from textgrad_lite.tasks.object_counting import make_items
from textgrad_lite.training import FitResult

HERE = Path(__file__).parent


def train(engine: tg.Engine | str, *, items: int = 88, steps: int = 4, seed: int = 1) -> FitResult:
    """Return the result of a run on freshly made items; it holds the verdict and the best prompt."""
    dataset = tg.Dataset.from_rows(make_items(items, seed=seed), source="items")
    splits = dataset.split(train=0.3, val=0.3, test=0.4, seed=seed)
    prompt = (HERE / "prompt.txt").read_text(encoding="utf-8")
    model = tg.PromptModel(prompt, engine, examples=tg.ExampleSlot(), temperature=0)
    trainer = tg.Trainer(model, "numeric", engine=engine, steps=steps, batch_size=6, seed=seed)
    return trainer.fit(splits.train, splits.val, splits.test)


def main() -> None:
    """Print the verdict and the prompt."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="local/qwen2.5-coder-1.5b", help="any engine name")
    parser.add_argument("--steps", type=int, default=4)
    arguments = parser.parse_args()
    result = train(arguments.model, steps=arguments.steps)
    if result.verdict is not None:
        print(result.verdict.sentence)
    print(f"── the best prompt\n{result.best_text}")


if __name__ == "__main__":
    main()
