"""Score against number of calls, for every search strategy and for plain gradient descent with revert.

On simulated tasks, whose optimum is known (nothing is downloaded, a few minutes):

    python benchmarks/search.py

On real data with a real model, which takes hours: a folder with ``train.jsonl``, ``val.jsonl`` and
``test.jsonl``, a local model as student, critic and rewriter, and three seeds:

    python benchmarks/search.py --local FOLDER

Every arm gets the same number of calls, of all kinds together, baseline and search; the verdict is left out.
A curve is the score of the best state so far, on the simulated task in expectation, else on test items that
are scored when the search is over. What is compared is the *mean gain*: score minus start, averaged over all
numbers of calls up to the limit, so that it counts how early a strategy is right and how high it ends.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.data import DataLoader, Dataset
from textgrad_lite.engines import Budget, Engine, Ledger, Session, get_engine, use_session
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.functions import sum as tg_sum
from textgrad_lite.graph import Variable
from textgrad_lite.losses import MetricLoss
from textgrad_lite.metrics import Metric, get_metric
from textgrad_lite.optimizers import TGD
from textgrad_lite.optimizers.sources import State
from textgrad_lite.testing import RecordingEngine, SimulatedTask
from textgrad_lite.training import Evaluator, Trainer, evaluate, events
from textgrad_lite.training.program import Program
from textgrad_lite.training.statistics import bootstrap
from textgrad_lite.training.strategies import STRATEGIES, get_strategy

PLAIN = "tgd-revert"
PLAIN_BATCH = 3
MANY_STEPS = 1000
N_RESAMPLES = 2000

KINDS: Mapping[str, Mapping[str, Any]] = {
    "capable writer": {"slips": 0.2},
    "weak writer": {"slips": 0.7},
    "very weak writer": {"slips": 0.9},
    "very weak writer, advice helps": {"slips": 0.9, "advised": 2},
}
"""Kinds of simulated tasks. All have noise, luck, five hidden requirements, distractors and a local trap. Of
a capable writer's rewrites two of ten are useless, of a weak one's seven, of a very weak one's nine. Advice
helps where a general strategy of the library, drawn by seed, does for two of the requirements."""


ARMS = (PLAIN, *STRATEGIES)
"""Ways to search: the plain loop, and all strategies with what they draw from by default."""


@dataclass(frozen=True)
class Problem:
    """What one run works on.

    ``score`` gives the score of a state's curve, or is None where states are scored later.
    """

    kind: str
    prompt: str
    metric: Metric
    train: Dataset
    val: Dataset
    student: Engine
    writer: Engine
    score: Callable[[str, State], float]


@dataclass(frozen=True)
class Curve:
    """The score of the best state so far, as steps: from this number of calls on, this score."""

    kind: str
    arm: str
    seed: int
    steps: tuple[tuple[int, float], ...]
    calls: int

    def score_at(self, calls: int) -> float:
        """The score after so many calls."""
        return [score for since, score in self.steps if since <= calls][-1]

    def mean_gain(self, limit: int) -> float:
        """Score minus start, averaged over all numbers of calls up to a limit."""
        ends = [since for since, _ in self.steps[1:]] + [limit]
        start = self.steps[0][1]
        area = sum(
            (end - since) * (score - start) for (since, score), end in zip(self.steps, ends, strict=True)
        )
        return area / limit


def main() -> None:
    """Run what the arguments ask for and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--calls", type=int, help="calls of every run (default: 600 simulated, 150 real)")
    parser.add_argument("--seeds", type=int, help="default: 20 simulated, 3 real")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=ARMS, help="default: all of them")
    parser.add_argument("--local", type=Path, help="folder with train, val and test.jsonl")
    parser.add_argument("--model", default="local/qwen2.5-coder-1.5b", help="student, critic and rewriter")
    parser.add_argument("--metric", default="numeric", help="of the real data (default: numeric)")
    parser.add_argument(
        "--prompt", default="Answer with a number only.", help="of the real data at the start"
    )
    parser.add_argument(
        "--items", type=int, nargs=3, default=(50, 20, 60), help="train, val, test (50 20 60)"
    )
    parser.add_argument("--out", type=Path, default=Path(".demo/search"), help="where real answers are kept")
    parser.add_argument("--json", type=Path, help="write all curves to a file")
    arguments = parser.parse_args()
    limit = arguments.calls or (150 if arguments.local else 600)
    seeds = range(arguments.seeds or (3 if arguments.local else 20))
    kinds = ["real"] if arguments.local else list(KINDS)
    curves: list[Curve] = []
    for kind in kinds:
        for name in arguments.arms:
            problems = (real(arguments) if arguments.local else simulated(kind, seed) for seed in seeds)
            curves += [run(problem, name, seed, limit) for seed, problem in zip(seeds, problems, strict=True)]
        print(describe([curve for curve in curves if curve.kind == kind], limit), flush=True)
    if len(kinds) > 1:
        print(describe(curves, limit, title="all kinds"))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(curve) for curve in curves], indent=1) + "\n")


def simulated(kind: str, seed: int) -> Problem:
    """A simulated task of a kind."""
    common = {"requirements": 5, "distractors": 3, "noise": 0.1, "luck": 0.1, "has_trap": True}
    task = SimulatedTask(seed, insight=0.3, distraction=0.3, **{**common, **KINDS[kind]})
    splits = task.splits(train=40, val=20, test=1)
    return Problem(
        kind=kind,
        prompt=task.prompt,
        metric=task.metric,
        train=splits.train,
        val=splits.val,
        student=task.engine,
        writer=task.engine,
        score=lambda text, _: task.expectation(text),
    )


def real(arguments: argparse.Namespace, engine: Engine | None = None) -> Problem:
    """The data of a folder, with a real model.

    The test items are scored outside the search. Equal requests of all arms and seeds are sent once, and are
    counted every time.
    """
    train, val, test = (
        Dataset(list(Dataset.from_file(arguments.local / f"{split}.jsonl"))[:n])
        for split, n in zip(("train", "val", "test"), arguments.items, strict=True)
    )

    def open_engine(role: str, **sampling: Any) -> Engine:
        model = engine or get_engine(arguments.model, cache="off", timeout=1200, **sampling)
        return RecordingEngine(arguments.out / f"{role}.json", model)

    arguments.out.mkdir(parents=True, exist_ok=True)
    student, writer = (
        open_engine("student", temperature=0, max_tokens=300),
        open_engine("writer", temperature=0.7),
    )
    metric = get_metric(arguments.metric)
    program = Program(PromptModel(arguments.prompt, student, examples=ExampleSlot()))
    judge = Evaluator(program, metric)

    def score(_: str, state: State) -> float:
        return runtime.run(judge.evaluate(state, test)).mean or 0.0

    return Problem("real", arguments.prompt, metric, train, val, student, writer, score)


def run(problem: Problem, name: str, seed: int, limit: int) -> Curve:
    """One run of one arm with so many calls."""
    if name == PLAIN:
        return run_plain(problem, seed, limit)
    found: list[tuple[int, str, State]] = []

    def listen(event: events.Event) -> None:
        if isinstance(event, events.RunStarted):
            found.append((0, event.fingerprint.text, event.fingerprint.state))
        if isinstance(event, events.CandidateAccepted):
            found.append((trainer.session.ledger.total().calls, event.text, event.state))

    trainer = Trainer(
        PromptModel(problem.prompt, problem.student, examples=ExampleSlot()),
        problem.metric,
        engine=problem.writer,
        strategy=get_strategy(name),
        steps=MANY_STEPS,
        seed=seed,
        budget=Budget(calls=limit),
        callbacks=[listen],
    )
    trainer.fit(problem.train, problem.val)
    steps = tuple((calls, problem.score(text, state)) for calls, text, state in found)
    return Curve(problem.kind, name, seed, steps, trainer.session.ledger.total().calls)


def run_plain(problem: Problem, seed: int, limit: int) -> Curve:
    """Textgrad's own loop (arXiv 2406.07496): three examples, one step, and back where validation is worse.

    It is written with the optimizer alone, without anything of the trainer's. A text that was scored before
    is not scored again.
    """
    prompt = Variable(problem.prompt, role_description="prompt of the language model")
    model = PromptModel(prompt, problem.student)
    loss = MetricLoss(problem.metric)
    optimizer = TGD([prompt], engine=problem.writer)
    batches = DataLoader(problem.train, PLAIN_BATCH, seed=seed)
    session = Session(budget=Budget(calls=limit), ledger=Ledger())
    means: dict[str, float] = {}

    def score() -> float:
        text = str(prompt.value)
        if text not in means:
            means[text] = evaluate(model, problem.metric, problem.val).mean or 0.0
        return means[text]

    # Examples and their criticism, a rewrite that may be asked for twice, and validation.
    worst = 2 * PLAIN_BATCH + optimizer.attempts + len(problem.val)
    with use_session(session):
        best, text = score(), str(prompt.value)
        found = [(0, text)]
        while session.ledger.total().calls + worst <= limit:
            optimizer.zero_grad()
            batch = batches.draw()
            tg_sum([loss(model(example.placeholders), example) for example in batch]).backward(problem.writer)
            optimizer.step()
            if (mean := score()) < best:
                prompt.set_value(text)
            elif str(prompt.value) != text:
                best, text = mean, str(prompt.value)
                found.append((session.ledger.total().calls, text))
    scores = [problem.score(text, {"prompt": text, "examples": []}) for _, text in found]
    steps = tuple((calls, score) for (calls, _), score in zip(found, scores, strict=True))
    return Curve(problem.kind, PLAIN, seed, steps, session.ledger.total().calls)


def describe(curves: Sequence[Curve], limit: int, title: str | None = None) -> str:
    """A table: scores along the way, the mean gain with its interval, and the ratio to the plain arm's."""
    marks = [limit * part // 6 for part in (1, 2, 3, 4, 6)]
    head = " ".join(f"{mark:>6}" for mark in marks)
    n, start = len(by_run(curves, curves[0].arm)), fmean(curve.steps[0][1] for curve in curves)
    lines = [
        f"\n{title or curves[0].kind}: start {start:.3f}, {n} runs an arm; score after so many calls",
        f"{'arm':<15} {head}   mean gain (95 %)         times {PLAIN} (95 %)",
    ]
    plain = [curve.mean_gain(limit) for curve in by_run(curves, PLAIN)]
    for name in dict.fromkeys(curve.arm for curve in curves):
        own = by_run(curves, name)
        gains = [curve.mean_gain(limit) for curve in own]
        along = " ".join(f"{fmean(curve.score_at(mark) for curve in own):>6.3f}" for mark in marks)
        interval = bootstrap(gains)
        ratio = f"{'':>20}" if not plain or name == PLAIN else describe_ratio(gains, plain)
        lines.append(
            f"{name:<15} {along}   {fmean(gains):.3f} ({interval.low:.3f} to {interval.high:.3f})   {ratio}"
        )
    return "\n".join(lines)


def by_run(curves: Sequence[Curve], arm: str) -> list[Curve]:
    """The curves of an arm, in an order that all arms share."""
    return sorted((curve for curve in curves if curve.arm == arm), key=lambda curve: (curve.kind, curve.seed))


def describe_ratio(gains: Sequence[float], plain: Sequence[float]) -> str:
    """The ratio of two means over the same runs, with a paired bootstrap interval."""
    generator = random.Random(0)
    ratios = []
    for _ in range(N_RESAMPLES):
        drawn = generator.choices(range(len(gains)), k=len(gains))
        below = fmean(plain[number] for number in drawn)
        ratios.append(fmean(gains[number] for number in drawn) / below if below else float("inf"))
    ratios.sort()
    low, high = ratios[round(0.025 * N_RESAMPLES)], ratios[round(0.975 * N_RESAMPLES) - 1]
    below = fmean(plain)
    return f"{fmean(gains) / below if below else float('inf'):.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
