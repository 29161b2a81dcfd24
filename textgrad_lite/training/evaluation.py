"""Scoring a state on examples: the one evaluator that everything in a run goes through.

Results are kept within the run by state, example and draw, so that nothing is scored twice. A call that
fails is an error, not a score of zero: its example is left out of the mean and counted apart, and where too
many fail, the run stops.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence

from textgrad_lite.data import Example
from textgrad_lite.errors import (
    ConfigurationError,
    ContextLengthError,
    EngineError,
    FunctionError,
    ParseError,
)
from textgrad_lite.functions import completion_of
from textgrad_lite.graph import Value, Variable, tagged
from textgrad_lite.metrics import Metric, MetricResult
from textgrad_lite.optimizers.sources import State, state_id
from textgrad_lite.training.bar import Bar
from textgrad_lite.training.concurrency import gather_in_order
from textgrad_lite.training.events import EvaluationProgress, EvaluationStarted, Event, Note
from textgrad_lite.training.failures import concerns_one_call, original_error
from textgrad_lite.training.program import Program
from textgrad_lite.training.results import EvaluationResult, ExampleResult, Rollout

_TOLERATED = 2
_CUT_OFF = "The reply was cut off at its length limit."


class Evaluator:
    """Scores states.

    Args:
        program: What is run.
        metric: What scores its outputs.
        max_error_rate: The run stops where more than this share of an evaluation's calls fails, and at least
            three do; or where none of the first evaluation succeeds, however small it is.
        repeats: How often each example is run unless an evaluation says otherwise. Its score is their mean,
            which steadies a noisy one.
        seed: Decides the random draws of intervals.
        listen: Told about progress.
    """

    def __init__(
        self,
        program: Program,
        metric: Metric,
        *,
        max_error_rate: float = 0.1,
        repeats: int = 1,
        seed: int = 0,
        listen: Callable[[Event], None] | None = None,
    ) -> None:
        if repeats < 1:
            raise ConfigurationError(f"repeats is {repeats}", hint="Run each example once or more.")
        self.program = program
        self.metric = metric
        self.repeats = repeats
        self._max_error_rate = max_error_rate
        self._seed = seed
        self._listen = listen or (lambda _: None)
        self._known: dict[tuple[str, str, int], ExampleResult] = {}

    async def evaluate(
        self,
        state: State,
        examples: Sequence[Example],
        *,
        repeats: int | None = None,
        first_draw: int = 0,
        label: str = "evaluation",
        progress: Progress | None = None,
        bar: Bar | None = None,
    ) -> EvaluationResult:
        """Scores a state on examples, all at once.

        Args:
            state: The state.
            examples: The examples.
            repeats: How often each is run; the evaluator's own number if None.
            first_draw: The number of the first of these draws; equal numbers give equal answers.
            label: What this is, for progress and messages.
            progress: That of a larger evaluation which this is a part of; its failures count there.
            bar: What the state has to beat. The evaluation goes block by block then and ends, without the
                remaining examples, where the state can no longer win.

        Raises:
            EngineError: If too many calls fail, or one with an error that the others will meet too.
            BudgetExceededError: If a limit is reached.
            MetricError: If the metric fails.
        """
        repeats = repeats or self.repeats
        progress = progress or self.begin(label, len(examples) * repeats)
        results: list[ExampleResult] = []
        size = len(examples) if bar is None else bar.block
        for start in range(0, len(examples), max(1, size)):
            block = examples[start : start + size]
            results += await self._score_block(
                state, block, range(first_draw, first_draw + repeats), progress
            )
            so_far = self.collect(label, results)
            if bar is not None and not bar.is_in_reach(so_far, examples[start + size :]):
                self._listen(Note(text=f"{label}: it can no longer win after {start + len(block)} examples"))
                break
        return self.collect(label, results)

    async def evaluate_candidate(
        self,
        state: State,
        examples: Sequence[Example],
        *,
        label: str = "evaluation",
        progress: Progress | None = None,
        bar: Bar | None = None,
    ) -> EvaluationResult:
        """Scores a state that a search has made: too long for the model, none of the examples is right.

        The arguments and other errors are those of :meth:`evaluate`. A run that ended for such a state would
        end there again whenever it is resumed.
        """
        try:
            return await self.evaluate(state, examples, label=label, progress=progress, bar=bar)
        except ContextLengthError as error:
            self._listen(Note(text=f"{error.message}; these examples count as wrong"))
            wrong = [
                ExampleResult(
                    example_id=example.id, draw=draw, score=0.0, kind="wrong", feedback=error.message
                )
                for example in examples
                for draw in range(self.repeats)
            ]
            return self.collect(label, wrong)

    async def _score_block(
        self, state: State, examples: Sequence[Example], draws: Iterable[int], progress: Progress
    ) -> list[ExampleResult]:
        name = state_id(state)
        with self.program.holding(state):
            return await gather_in_order(
                [self._scored(name, example, draw, progress) for example in examples for draw in draws]
            )

    def begin(self, label: str, total: int) -> Progress:
        """Announces an evaluation of so many examples, which may be scored part by part."""
        return Progress(label, total, self._max_error_rate, self._listen, is_hopeless=lambda: not self._known)

    def collect(self, label: str, results: Sequence[ExampleResult]) -> EvaluationResult:
        """Puts results together that were made one by one."""
        return EvaluationResult(label=label, examples=tuple(results), seed=self._seed)

    async def roll_out(
        self, state: State, examples: Sequence[Example], *, label: str = "minibatch"
    ) -> tuple[EvaluationResult, list[Rollout]]:
        """Scores a state on examples and keeps the graphs of those that could be scored.

        The caller must let the program hold the state, and for as long as the graphs are used: criticism is
        of the value that a call bound. The arguments and errors are those of :meth:`evaluate`.
        """
        name = state_id(state)
        progress = self.begin(label, len(examples))
        done = await gather_in_order([self._run(name, example, 0, progress) for example in examples])
        rollouts = [rollout for _, rollout in done if rollout is not None]
        return self.collect(label, [result for result, _ in done]), rollouts

    async def _scored(self, state: str, example: Example, draw: int, progress: Progress) -> ExampleResult:
        known = self._known.get((state, _digest(example), draw))
        if known is not None:
            progress.add()
            return known
        result, _ = await self._run(state, example, draw, progress)
        return result

    async def _run(
        self, state: str, example: Example, draw: int, progress: Progress
    ) -> tuple[ExampleResult, Rollout | None]:
        """Runs and scores one example, and keeps the result unless a call failed."""
        try:
            with tagged(example_id=example.id):
                output = await self.program.run(example, draw)
                text = str(await _read(output))
                scored = _with_finish(await self.metric.score(example, text), output)
        except (FunctionError, EngineError, ParseError) as error:
            cause = original_error(error)
            if not concerns_one_call(cause):
                raise cause from cause.__cause__
            progress.add(cause)
            return _failed(example, draw, cause), None
        result = ExampleResult(
            example_id=example.id,
            draw=draw,
            score=scored.score,
            kind=scored.kind,
            output=text,
            answer=scored.answer,
            feedback=scored.feedback,
        )
        self._known[state, _digest(example), draw] = result
        progress.add()
        return result, Rollout(example, output, scored, result)


class Progress:
    """Counts what is done, tells whoever listens, and stops an evaluation in which too much fails.

    Args:
        label: What is evaluated.
        total: How much there is to do.
        tolerated: The share of it that may fail.
        listen: Told about every step.
        is_hopeless: Tells whether nothing has ever succeeded, so that one that fails wholly is a reason to
            stop even where it is small.
    """

    def __init__(
        self,
        label: str,
        total: int,
        tolerated: float,
        listen: Callable[[Event], None],
        *,
        is_hopeless: Callable[[], bool],
    ) -> None:
        self._is_hopeless = is_hopeless
        self._label = label
        self._total = total
        self._tolerated = max(_TOLERATED, tolerated * total)
        self._listen = listen
        self._done = 0
        self._errors: list[Exception] = []
        listen(EvaluationStarted(label=label, total=total))

    def add(self, error: Exception | None = None) -> None:
        """Counts one example more, with the error of its call where that failed.

        Raises:
            EngineError: If too many have failed.
        """
        self._done += 1
        if error is not None:
            self._errors.append(error)
        failed = len(self._errors)
        self._listen(EvaluationProgress(label=self._label, done=self._done, total=self._total, errors=failed))
        is_all = failed == self._total and self._is_hopeless()
        if error is not None and (failed > self._tolerated or is_all):
            raise self._give_up(error) from error

    def _give_up(self, last: Exception) -> EngineError:
        kinds = {type(error) for error in self._errors}
        # The class decides how the command line exits, so it is kept where all failures are of one.
        kind = type(last) if len(kinds) == 1 and isinstance(last, EngineError) else EngineError
        failed = f"{len(self._errors)} of {self._total} examples could not be run"
        return kind(
            f"{self._label}: {failed}; the last: {last}",
            hint="A failed call is no score, so this stops. Mend the cause and go on: answers are kept.",
        )


async def _read(output: Variable) -> Value:
    """The value; where nobody waits for it any more, its call is cancelled."""
    try:
        return await output
    except asyncio.CancelledError:
        if output.cell.pending is not None:
            output.cell.pending.cancel()
        raise


def _with_finish(result: MetricResult, output: Variable) -> MetricResult:
    """Adds what only the call knows: that the model refused, or was cut off."""
    completion = completion_of(output)
    if completion is None or result.is_right:
        return result
    if completion.finish_reason in ("refusal", "filter"):
        return result.model_copy(update={"kind": "refused", "feedback": "The model refused to answer."})
    if completion.finish_reason == "length":
        return result.model_copy(update={"feedback": f"{_CUT_OFF} {result.feedback}"})
    return result


def _failed(example: Example, draw: int, error: BaseException) -> ExampleResult:
    message = f"{type(error).__name__}: {error}"
    return ExampleResult(example_id=example.id, draw=draw, score=None, kind="error", feedback=message)


def _digest(example: Example) -> str:
    return hashlib.sha256(example.model_dump_json().encode()).hexdigest()
