"""Refining the answer to one question: a critic doubts it, the optimizer rewrites it, several times over.

This is the solution optimisation of TextGrad (arXiv 2406.07496, section 3.2), there with three iterations and
a vote over all versions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.engines import Engine, as_engine, get_backward_engine
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions import LLMCall
from textgrad_lite.graph import Variable
from textgrad_lite.metrics.answers import final_answer, normalized
from textgrad_lite.optimizers import TGD
from textgrad_lite.tasks.test_time.objectives import Objective, self_critic
from textgrad_lite.tasks.test_time.voting import Vote, vote

ReadAnswer = Callable[[str], str | None]
"""What a reply answers, see ``Metric.answer_of``."""

ROLE = "solution and answer to the question"


@dataclass(frozen=True)
class Refinement:
    """An answer and what became of it.

    Attributes:
        question: What was asked.
        versions: The reply as it was first, and after each iteration.
        answers: What each of them answers, or None.
        criticisms: What the critic said of each version but the last.
    """

    question: str
    versions: tuple[str, ...]
    answers: tuple[str | None, ...]
    criticisms: tuple[str, ...]

    @property
    def vote(self) -> Vote:
        """The vote over all versions."""
        return vote(self.answers)

    @property
    def chosen(self) -> str:
        """The latest version that gives the answer of the vote; the last one where none gives any."""
        winner = self.vote.answer
        if winner is None:
            return self.versions[-1]
        last = max(index for index, answer in enumerate(self.answers) if answer == winner)
        return self.versions[last]


def refine(question: str, engine: Engine | str | object | None = None, **options: Any) -> Refinement:
    """Answers a question, and improves the answer without knowing the right one.

    Args:
        question: What is asked.
        engine: The model that answers, or its name; the backward engine if None.
        **options: Those of :func:`arefine`.

    Raises:
        ConfigurationError: If there are not at least one iteration, or an option is unknown.
        EngineError: If a model cannot be asked.
    """
    return runtime.run(_refine(question, engine, **options))


async def arefine(question: str, engine: Engine | str | object | None = None, **options: Any) -> Refinement:
    """Same as :func:`refine`, from any event loop.

    Args:
        question: What is asked.
        engine: The model that answers.
        **options: ``iterations``: how often the answer is rewritten, 3 by default; each takes three calls.
            ``critic``: the model that criticises and rewrites, ``engine`` by default. ``objective``: the
            loss, by default :class:`~textgrad_lite.losses.SelfCritic` with the critic. ``read``: what a reply
            answers, by default its last line or what stands behind ``Answer:``. ``system_prompt``: what the
            model is told first. ``constraints``: conditions in words that every version has to fulfil.
            ``draw``: which of several independent attempts this is. Any other is a sampling option of the
            answering model, such as ``temperature``.
    """
    return await runtime.arun(_refine(question, engine, **options))


async def _refine(
    question: str,
    engine: Engine | str | object | None,
    *,
    iterations: int = 3,
    critic: Engine | str | object | None = None,
    objective: Objective | None = None,
    read: ReadAnswer | None = None,
    system_prompt: str | None = None,
    constraints: Sequence[str] = (),
    draw: int = 0,
    **sampling: Any,
) -> Refinement:
    student = as_engine(engine if engine is not None else get_backward_engine())
    reviewer = as_engine(critic) if critic is not None else student
    told = None
    if system_prompt is not None:
        told = Variable(system_prompt, role_description="system prompt", requires_grad=False)
    asked = Variable(question, role_description="question", requires_grad=False)
    first = LLMCall(student, told, **sampling)(asked, draw=draw)
    return await improve(
        question,
        first,
        objective or self_critic(question, reviewer),
        reviewer,
        iterations=iterations,
        read=read,
        constraints=constraints,
    )


async def improve(
    question: str,
    first: Variable,
    objective: Objective,
    critic: Engine,
    *,
    iterations: int,
    read: ReadAnswer | None = None,
    constraints: Sequence[str] = (),
) -> Refinement:
    """Improves an answer that is there, or pending. Runs on the runtime's loop.

    Args:
        question: What was asked.
        first: The answer; it stays as it is.
        objective: The loss.
        critic: The model that criticises and rewrites.
        iterations: How often.
        read: What a reply answers.
        constraints: Conditions in words that every version has to fulfil.

    Raises:
        ConfigurationError: If there is not at least one iteration.
    """
    if iterations < 1:
        raise ConfigurationError("an answer that is refined needs at least one iteration")
    # A parameter of its own, so that rewriting it does not reach back into the call.
    answer = Variable(str(await first), role_description=ROLE)
    optimizer = TGD([answer], engine=critic, constraints=constraints)
    versions, criticisms = [answer.text], []
    for _ in range(iterations):
        optimizer.zero_grad()
        loss = objective(answer)
        await loss.abackward(critic)
        await optimizer.astep()
        criticisms.append(str(await loss))
        versions.append(answer.text)
    answers = tuple((read or _read)(version) for version in versions)
    return Refinement(question, tuple(versions), answers, tuple(criticisms))


def _read(reply: str) -> str | None:
    return normalized(final_answer(reply)) or None
