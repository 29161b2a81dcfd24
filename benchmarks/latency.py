"""How close to its critical path does a plain training loop run, when every model call takes 200 ms?

The program is the one that textgrad's users write: for each of 16 questions a model call and a loss, then
`sum`, `backward`, `step`, one after another. Of its 65 calls only five depend on each other (forward, loss,
backward through the loss, backward through the model, step), so it cannot be faster than five latencies; a
library that waits for every call needs 65. The bare SDK, making the same calls by hand with `asyncio`, shows
what HTTP alone costs.

    python benchmarks/latency.py
    python benchmarks/latency.py --with-textgrad ~/textgrad-venv/bin/python

Prints seconds (median of the repetitions after one warm-up) and the ratio to the critical path. Exits with 1
if ours is above the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

BATCH = 16
LATENCY = 0.2
CRITICAL_CALLS = 5
LIMIT = 1.25
"""Largest ratio to the critical path that ours may take."""

TEXTGRAD_TAGS = ("<IMPROVED_VARIABLE>", "</IMPROVED_VARIABLE>")
TEXTGRAD_LOOP = """
import json, sys, time
import textgrad as tg

def run(tag):
    prompt = tg.Variable("Answer with a number.", requires_grad=True, role_description="system prompt")
    model = tg.BlackboxLLM(engine, system_prompt=prompt)
    judge = tg.TextLoss("Say what is wrong with the answer.", engine=engine)
    optimizer = tg.TGD(parameters=[prompt], engine=engine)
    losses = []
    for number in range(BATCH):
        text = f"{tag}: how much is {number} + 1?"
        question = tg.Variable(text, requires_grad=False, role_description="question")
        losses.append(judge(model(question)))
    tg.sum(losses).backward()
    optimizer.step()

engine = tg.get_engine("gpt-4o")
tg.set_backward_engine(engine, override=True)
times = []
for repetition in range(REPETITIONS):
    start = time.perf_counter()
    run(repetition)
    times.append(time.perf_counter() - start)
print(json.dumps(times))
"""


def main() -> None:
    """Measure, print the table, and fail where the limit is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=5, help="measured runs after the warm-up")
    parser.add_argument("--latency", type=float, default=LATENCY, help="seconds that every call takes")
    parser.add_argument(
        "--with-textgrad", metavar="PYTHON", help="an interpreter that has textgrad installed"
    )
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.latency)
        return
    critical = CRITICAL_CALLS * arguments.latency
    with PretendedProvider(arguments.latency) as server, BareSdk(server.url) as bare:
        rows = {
            "textgrad_lite": measure(lambda tag: run_ours(server.url, tag), arguments.repetitions),
            "bare SDK, by hand": measure(bare.run, arguments.repetitions),
        }
        calls = server.count_calls() / (2 * arguments.repetitions + 2)
        if arguments.with_textgrad:
            rows["textgrad"] = measure_textgrad(arguments.with_textgrad, server.url, arguments.repetitions)
    milliseconds = arguments.latency * 1000
    print(f"batch of {BATCH}, {calls:g} calls of {milliseconds:.0f} ms, critical path {critical:.2f} s")
    for name, seconds in rows.items():
        print(f"  {name:<20} {seconds:7.3f} s   {seconds / critical:6.2f} x")
    if rows["bare SDK, by hand"] > LIMIT * critical:
        print("this machine is too busy to tell: the bare SDK itself is above the limit")
    elif rows["textgrad_lite"] > LIMIT * critical:
        sys.exit(f"textgrad_lite takes more than {LIMIT} times its critical path")


def measure(run: Callable[[str], None], repetitions: int) -> float:
    """Return the median of the seconds that a run takes, after one that does not count."""
    times = []
    for repetition in range(repetitions + 1):
        start = time.perf_counter()
        run(f"{repetition}")
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def run_ours(url: str, tag: str) -> None:
    """Run the loop with this library, its cache switched on and cold."""
    import textgrad_lite as tg

    with tempfile.TemporaryDirectory() as folder:
        engine = tg.get_engine("openai/gpt-test", base_url=url, api_key="none", cache_dir=folder)
        prompt = tg.Variable("Answer with a number.", requires_grad=True, role_description="system prompt")
        model = tg.BlackboxLLM(engine, system_prompt=prompt)
        judge = tg.TextLoss("Say what is wrong with the answer.", engine=engine)
        optimizer = tg.TGD(parameters=[prompt], engine=engine)
        losses = []
        for number in range(BATCH):
            question = tg.Variable(
                f"{tag}: how much is {number} + 1?", requires_grad=False, role_description="question"
            )
            losses.append(judge(model(question)))
        tg.sum(losses).backward(engine)
        optimizer.step()


class BareSdk:
    """Makes the same number of calls in the same order of dependence with the SDK alone."""

    def __init__(self, url: str) -> None:
        import openai

        self._client = openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
        self._runner = asyncio.Runner()

    def __enter__(self) -> BareSdk:
        return self

    def __exit__(self, *error: object) -> None:
        self._runner.run(self._client.close())
        self._runner.close()

    def run(self, tag: str) -> None:
        """Make 65 calls, five of them one after another."""
        self._runner.run(self._run(tag))

    async def _run(self, tag: str) -> None:
        for stage in ("forward", "backward"):
            await asyncio.gather(*(self._chain(f"{tag}: {stage} {number}") for number in range(BATCH)))
        await self._call(f"{tag}: step")

    async def _chain(self, text: str) -> None:
        await self._call(text)
        await self._call(f"{text} again")

    async def _call(self, text: str) -> None:
        await self._client.chat.completions.create(
            model="gpt-test",
            messages=[
                {"role": "system", "content": "Answer with a number."},
                {"role": "user", "content": text},
            ],
        )


def measure_textgrad(python: str, url: str, repetitions: int) -> float:
    """Return the same median for textgrad, run by an interpreter of its own."""
    program = TEXTGRAD_LOOP.replace("REPETITIONS", str(repetitions + 1)).replace("BATCH", str(BATCH))
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "OPENAI_BASE_URL": url,
            "OPENAI_API_KEY": "none",
            "XDG_CACHE_HOME": folder,
            "HOME": folder,
        }
        output = subprocess.run(
            [python, "-c", program],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
    times: list[float] = json.loads(output.splitlines()[-1])
    return statistics.median(times[1:])


class PretendedProvider:
    """The loopback server in a process of its own, so that it takes no time from what is measured."""

    def __init__(self, latency: float) -> None:
        command = [sys.executable, str(Path(__file__)), "--serve", "--latency", str(latency)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self._read()

    def __enter__(self) -> PretendedProvider:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()

    def count_calls(self) -> int:
        """Return how many calls came so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("count\n")
        self._process.stdin.flush()
        return int(self._read())

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def serve(latency: float) -> None:
    """Serve, and say the number of calls for each line of input, until that ends."""
    from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
    from textgrad_lite.testing.loopback import LoopbackRequest, LoopbackServer

    def reply(request: LoopbackRequest) -> str:
        # Every answer is another one, so that no two calls are the same and none is saved.
        word = hashlib.sha256(request.text.encode()).hexdigest()[:12]
        first, last = NEW_TEXT_TAGS if NEW_TEXT_TAGS[0] in request.text else TEXTGRAD_TAGS
        return f"{first}Say {word}.{last}"

    with LoopbackServer(reply, latency=latency) as server:
        print(server.openai_url, flush=True)
        for _ in sys.stdin:
            print(len(server.requests), flush=True)


if __name__ == "__main__":
    main()
