"""The plain training loop that the scenarios run, and the pretended model that it trains with.

A script of its own, so that it can be run in another process too:

    python training_loop.py URL STEPS

prints the prompt that the training ends with.
"""

from __future__ import annotations

import hashlib
import json
import sys

import textgrad_lite as tg
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing.loopback import LoopbackRequest

BATCH = 16
CALLS_PER_STEP = 4 * BATCH + 1


def train(engine: tg.Engine, steps: int = 1) -> str:
    """Run the loop as a user of textgrad writes it; return the trained prompt."""
    prompt = tg.Variable("Answer with a number.", requires_grad=True, role_description="system prompt")
    model = tg.BlackboxLLM(engine, system_prompt=prompt)
    judge = tg.TextLoss("Say what is wrong with the answer.", engine=engine)
    optimizer = tg.TGD(parameters=[prompt], engine=engine)
    for _ in range(steps):
        optimizer.zero_grad()
        losses = []
        for number in range(BATCH):
            question = tg.Variable(
                f"How much is {number} + 1?", requires_grad=False, role_description="question"
            )
            losses.append(judge(model(question)))
        tg.sum(losses).backward(engine)
        optimizer.step()
    return str(prompt.value)


def reply(request: LoopbackRequest) -> str:
    """Answer with words that depend on every character that was sent; a new text in the marks it needs."""
    word = hashlib.sha256(json.dumps(request.body, sort_keys=True).encode()).hexdigest()[:12]
    first, last = NEW_TEXT_TAGS if NEW_TEXT_TAGS[0] in request.text else ("", "")
    return f"{first}Say {word}.{last}"


if __name__ == "__main__":
    server, count = sys.argv[1:]
    trained = train(tg.get_engine("openai/gpt-test", base_url=server, api_key="none"), int(count))
    sys.stdout.write(trained)
