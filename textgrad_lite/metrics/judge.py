"""A language model as a metric: it grades a reply by a rubric that the user wrote."""

from __future__ import annotations

import hashlib
from os.path import commonprefix
from pathlib import Path

from textgrad_lite.data.example import Example
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, Message, Request
from textgrad_lite.errors import ConfigurationError, ParseError
from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.prompts.judgement import TOP_GRADE, parse_judgement, render_judgement

_PASSES = 0.8
_ATTEMPTS = 2


class Judge(Metric):
    """Grades a reply by a rubric, from 0 to 10; the score is a tenth of it, and 8 or more is right.

    Args:
        rubric: What makes a reply good, in the user's words.
        engine: The model that judges; it is asked with purpose ``judge`` at temperature 0.
        name: How the metric is called.
        passes_at: The score from which on a reply counts as right.
    """

    worst_case_calls = _ATTEMPTS

    def __init__(
        self, rubric: str, engine: Engine, *, name: str = "judge", passes_at: float = _PASSES
    ) -> None:
        self._rubric = rubric
        self._engine = engine
        self._passes_at = passes_at
        # All that comes before the question is the same in every request, so a server may keep it.
        prompts = [render_judgement(rubric=rubric, question=q, target=None, reply="") for q in "ab"]
        self._shared = len(commonprefix(prompts))  # noqa: RUF071 - texts, no paths
        self.name = name
        self.description = f"A judge grades the reply by this rubric: {' '.join(rubric.split())}"

    @classmethod
    def from_file(cls, path: Path | str, engine: Engine) -> Judge:
        """Reads the rubric from a text file.

        Raises:
            ConfigurationError: If the file cannot be read or is empty.
        """
        try:
            rubric = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigurationError(f"the rubric {path} cannot be read: {reason}") from error
        if not rubric.strip():
            raise ConfigurationError(f"the rubric {path} is empty", hint="Say in it what makes a reply good.")
        return cls(rubric.strip(), engine, name=f"judge:{Path(path).name}")

    async def score(self, example: Example, output: str) -> MetricResult:
        """Asks the judge; a second time where its first reply cannot be read.

        Raises:
            ParseError: If neither reply can be read.
            EngineError: If the judge cannot be asked.
        """
        prompt = render_judgement(
            rubric=self._rubric, question=example.input, target=example.target, reply=output
        )
        message = Message.of("user", prompt, shared_prefix=self._shared)
        request = Request(messages=(message,), temperature=0.0, purpose="judge")
        problem = ParseError("the judge was not asked")
        for attempt in range(_ATTEMPTS):
            completion = await self._engine.complete(request.with_attempt(attempt))
            try:
                return self._as_result(completion)
            except ParseError as error:
                problem = error
        raise problem

    def fingerprint(self) -> str:
        """Name, rubric and judge."""
        return f"{self.name}:{hashlib.sha256(self._rubric.encode()).hexdigest()}:{self._engine.name}"

    def _as_result(self, completion: Completion) -> MetricResult:
        judgement = parse_judgement(completion.text, completion.finish_reason)
        score = judgement.grade / TOP_GRADE
        kind = "right" if score >= self._passes_at else "wrong"
        return MetricResult(score=score, feedback=judgement.reason, kind=kind)
