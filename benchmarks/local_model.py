"""What earns the gain on a real model: the default search and each source alone, at a fixed number of calls.

Every arm runs the trainer's default search with the same limits and differs only in where its candidates
come from. The data are a folder with ``train.jsonl``, ``val.jsonl`` and ``test.jsonl``: the first 50 training
items, the first 20 of validation and the first 100 test items. Student, critic and rewriter are one model.

Equal requests of different arms and seeds are sent once and counted every time, so that the arms together
take less time than each alone. Needs the extra ``local``, and hours:

    python benchmarks/local_model.py --data FOLDER
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from textgrad_lite import runtime
from textgrad_lite.data import Dataset
from textgrad_lite.engines import Engine, get_engine
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.optimizers.sources import (
    ComposedStrategySource,
    GradientSource,
    ProposalSource,
    StrategySource,
    WorkedExampleSource,
)
from textgrad_lite.testing import RecordingEngine
from textgrad_lite.training import FitResult, RunFolder, Trainer, default_sources

N_TRAIN, N_VAL, N_TEST = 50, 20, 100
STUDENT_CALLS, OTHER_CALLS = 100, 20
MAX_TOKENS = 300
STUDENT_PURPOSES = {"forward", "loss", "judge"}

ARMS: dict[str, Callable[[Engine], Sequence[ProposalSource]]] = {
    "all": default_sources,
    "gradients": lambda engine: [GradientSource(engine)],
    "library": lambda engine: [ComposedStrategySource(), StrategySource(engine)],
    "examples": lambda _: [WorkedExampleSource()],
}

HEADINGS = "arm        seed  before  candidate   after        p  student  other  minutes  source"


@dataclass(frozen=True)
class Outcome:
    """How one run ended; scores are shares of right answers on the test items.

    ``candidate`` is what the search chose on validation, ``after`` the prompt that the run hands out.
    ``student`` and ``other`` are the calls of the search, the verdict left out.
    """

    arm: str
    seed: int
    before: float
    candidate: float
    after: float
    p_value: float | None
    student: int
    other: int
    minutes: float
    source: str
    text: str


@dataclass(frozen=True)
class Work:
    """What all runs share."""

    prompt: str
    metric: str
    train: Dataset
    val: Dataset
    test: Dataset
    student: Engine
    optimizer: Engine
    out: Path


def main() -> None:
    """Run what the arguments ask for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder with train, val and test.jsonl")
    parser.add_argument("--metric", default="numeric", help="default: numeric")
    parser.add_argument("--prompt", default="Answer with a number only.", help="the prompt at the start")
    parser.add_argument("--model", default="local/qwen2.5-coder-1.5b", help="student, critic and rewriter")
    parser.add_argument("--seeds", type=int, default=3, help="default: 3")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS), help="default: all of them")
    parser.add_argument("--test", type=int, default=N_TEST, help=f"test items (default: {N_TEST})")
    parser.add_argument("--concurrency", type=int, default=4, help="default: 4")
    parser.add_argument("--out", type=Path, default=Path(".demo/local-model"), help="where the runs go")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    work = prepare(arguments)
    outcomes: list[Outcome] = []
    print(HEADINGS)
    for arm in arguments.arms:
        for seed in range(arguments.seeds):
            outcomes.append(run(work, arm, seed))
            print(describe(outcomes[-1]), flush=True)
            write(arguments.out, outcomes)
    print("\n".join(summarise(outcomes, arm) for arm in arguments.arms))


def prepare(arguments: argparse.Namespace) -> Work:
    """Return data and models; equal requests are answered from a recording beside the runs."""

    def read(split: str, n: int) -> Dataset:
        return Dataset(list(Dataset.from_file(arguments.data / f"{split}.jsonl"))[:n])

    def open_engine(role: str, temperature: float) -> Engine:
        model = get_engine(
            arguments.model,
            cache="off",
            temperature=temperature,
            concurrency=arguments.concurrency,
            timeout=1200,
            max_tokens=MAX_TOKENS if role == "student" else None,
        )
        return RecordingEngine(arguments.out / f"{role}.json", model)

    return Work(
        prompt=arguments.prompt,
        metric=arguments.metric,
        train=read("train", N_TRAIN),
        val=read("val", N_VAL),
        test=read("test", arguments.test),
        student=open_engine("student", 0),
        optimizer=open_engine("optimizer", 0.7),
        out=arguments.out,
    )


def run(work: Work, arm: str, seed: int) -> Outcome:
    """Run one arm with one seed."""
    module = PromptModel(work.prompt, work.student, examples=ExampleSlot())
    trainer = Trainer(
        module,
        work.metric,
        engine=work.optimizer,
        sources=ARMS[arm](work.optimizer),
        seed=seed,
        student_calls=STUDENT_CALLS,
        other_calls=OTHER_CALLS,
        run=RunFolder.create(work.out / f"{arm}-{seed}", config={}),
    )
    started = time.monotonic()
    result = trainer.fit(work.train, work.val, work.test)
    return read_outcome(result, arm, seed, (time.monotonic() - started) / 60)


def read_outcome(result: FitResult, arm: str, seed: int, minutes: float) -> Outcome:
    """Return what counts of a result."""
    first = result.test_before
    assert first is not None
    last = result.test_after or first
    before, after = first.mean, last.mean
    assert before is not None
    assert after is not None
    verdict = result.verdict
    verdict_calls = first.n + (result.test_after.n if result.test_after else 0)
    gains = {name: tally.gain for name, tally in result.sources.items() if tally.accepted}
    calls = {row.purpose: 0 for row in result.spend}
    for row in result.spend:
        calls[row.purpose] += row.calls
    student = sum(n for purpose, n in calls.items() if purpose in STUDENT_PURPOSES)
    return Outcome(
        arm=arm,
        seed=seed,
        before=before,
        candidate=after,
        after=after if result.is_changed else before,
        p_value=verdict.p_value if verdict else None,
        student=student - verdict_calls,
        other=sum(calls.values()) - student,
        minutes=minutes,
        source=", ".join(sorted(gains, key=gains.__getitem__, reverse=True)) or "none",
        text=result.best_text,
    )


def describe(outcome: Outcome) -> str:
    """Return a row of the table."""
    p_value = "-" if outcome.p_value is None else f"{outcome.p_value:.4f}"
    scores = f"{outcome.before:>7.3f} {outcome.candidate:>10.3f} {outcome.after:>7.3f} {p_value:>8}"
    calls = f"{outcome.student:>8} {outcome.other:>6}"
    return f"{outcome.arm:<10} {outcome.seed:>4} {scores} {calls} {outcome.minutes:>8.1f}  {outcome.source}"


def write(folder: Path, outcomes: Sequence[Outcome]) -> None:
    """Keep the outcomes so far beside the runs."""
    rows = [asdict(outcome) for outcome in outcomes]
    (folder / "outcomes.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")


def summarise(outcomes: Sequence[Outcome], arm: str) -> str:
    """Return the sentence about an arm."""
    mine = [outcome for outcome in outcomes if outcome.arm == arm]
    significant = sum(o.after > o.before and (o.p_value or 1) < 0.05 for o in mine)
    return (
        f"{arm}: mean {statistics.fmean(o.before for o in mine):.3f} -> "
        f"{statistics.fmean(o.after for o in mine):.3f} over {len(mine)} seeds, "
        f"{significant} significantly higher, lowest candidate {min(o.candidate for o in mine):.3f}"
    )


if __name__ == "__main__":
    try:
        main()
    finally:
        runtime.shutdown()
