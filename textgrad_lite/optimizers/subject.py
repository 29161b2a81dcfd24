"""One parameter as an optimizer sees it: its text, what was said about it, and what else it is shown."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.graph import Gradient, Image, Value, Variable
from textgrad_lite.optimizers.constraints import Constraint, IsNumber
from textgrad_lite.optimizers.proposal import Proposal
from textgrad_lite.optimizers.rewriter import Rewriter
from textgrad_lite.optimizers.safeguards import safeguards_of
from textgrad_lite.prompts.rewrite import PastVersion, Peer, Remark, RewriteTask

T = TypeVar("T")

_INSTRUCTION = re.compile(r"\b(?:prompts?|instructions?)\b", re.IGNORECASE)

NO_GRADIENTS = "it has no gradients"
ALL_KEEP = "all that was said about it is to keep it"


@dataclass(frozen=True)
class Subject:
    """One parameter and all that a model is shown of it.

    Attributes:
        variable: The parameter.
        value: Its value, which may be another than the variable holds at present.
        gradients: What was said about that value, in order.
        peers: The texts that it works together with.
        past_versions: Earlier values, in the order in which they are shown.
        earlier_remarks: What was said about earlier values, oldest first.
        scoring: How results are scored.
        advice: General strategies to choose from.
        examples: Examples of good texts.
        is_guarded: Hold it to the safeguards of prompts where its role says that it is one.
        constraints: Conditions for this parameter alone.
    """

    variable: Variable
    value: Value
    gradients: tuple[Gradient, ...]
    peers: tuple[Peer, ...] = ()
    past_versions: tuple[PastVersion, ...] = ()
    earlier_remarks: tuple[str, ...] = ()
    scoring: str = ""
    advice: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    is_guarded: bool = False
    constraints: tuple[Constraint, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.value, Image):
            raise ConfigurationError(
                f"{self.variable.role_description!r} is an image, which no optimizer can rewrite",
                hint="Give the variable requires_grad=False, or leave it out of the optimizer's parameters.",
            )

    @property
    def text(self) -> str:
        """The value as text."""
        return str(self.value)

    @property
    def is_instruction(self) -> bool:
        """Whether its role says that it is a prompt or an instruction."""
        return _INSTRUCTION.search(self.variable.role_description) is not None

    @property
    def criticisms(self) -> tuple[Gradient, ...]:
        """The gradients that ask for a change."""
        return tuple(gradient for gradient in self.gradients if not gradient.is_keep)

    @property
    def said(self) -> tuple[str, ...]:
        """The texts of the criticisms."""
        return tuple(gradient.text for gradient in self.criticisms)

    @property
    def score(self) -> float | None:
        """The mean score of the value over its gradients, or None where none carries one."""
        scores = [gradient.score for gradient in self.gradients if gradient.score is not None]
        return sum(scores) / len(scores) if scores else None

    @property
    def reason_to_leave_it(self) -> str:
        """Why no model needs to be asked, or an empty text."""
        if not self.gradients:
            return NO_GRADIENTS
        return "" if self.criticisms else ALL_KEEP

    def task(self, draw: int = 0) -> RewriteTask:
        """What the model is shown. Each draw begins with another criticism, so that their requests differ."""
        remarks = [Remark(gradient.text, gradient.context or "") for gradient in self.criticisms]
        first = draw % max(1, len(remarks))
        return RewriteTask(
            role=self.variable.role_description,
            text=self.text,
            remarks=(*remarks[first:], *remarks[:first]),
            n_kept=len(self.gradients) - len(remarks),
            earlier_remarks=self.earlier_remarks,
            past_versions=self.past_versions,
            peers=self.peers,
            scoring=self.scoring,
            advice=self.advice,
            examples=self.examples,
            is_instruction=self.is_instruction,
        )


async def propose(
    rewriter: Rewriter, subjects: Sequence[Subject], *, draws: Sequence[int] = (0,), source: str = "gradients"
) -> list[Proposal]:
    """Ask for new texts, all at once.

    Args:
        rewriter: How to ask.
        subjects: The parameters.
        draws: Which proposals to ask for per parameter.
        source: Who asks.

    Returns:
        The proposals by parameter, then by draw; one for a parameter that nobody needs to be asked about.

    Raises:
        TextgradError: One of the calls failed; the others were cancelled.
    """
    work = [
        _proposal(rewriter, subject, draw, source)
        for subject in subjects
        for draw in (draws[:1] if subject.reason_to_leave_it else draws)
    ]
    return await _all_of(work)


async def _proposal(rewriter: Rewriter, subject: Subject, draw: int, source: str) -> Proposal:
    if reason := subject.reason_to_leave_it:
        return Proposal(subject.variable, subject.text, None, is_accepted=False, reason=reason, source=source)
    return await ask_for(rewriter, subject, subject.task(draw), draw=draw, source=source)


async def ask_for(
    rewriter: Rewriter, subject: Subject, task: RewriteTask, *, draw: int, source: str
) -> Proposal:
    """Ask for one text.

    Args:
        rewriter: How to ask.
        subject: The parameter.
        task: What the model gets to see of it.
        draw: Which proposal this is.
        source: Who asks.

    Raises:
        EngineError: The model could not be asked.
        BudgetExceededError: The budget does not allow another call.
    """
    result = await _suited(rewriter, subject).rewrite(task, draw)
    return Proposal(
        parameter=subject.variable,
        old=subject.text,
        new=result.text,
        is_accepted=not result.reason,
        reason=result.reason,
        source=source,
        usage=result.usage,
        calls=result.calls,
        shown=result.shown,
        draw=draw,
    )


def value_like(old: Value, text: str) -> str | int | float:
    """Read a new text as a value of the kind that the old one is of."""
    return text if isinstance(old, str | Image) else type(old)(text)


def _suited(rewriter: Rewriter, subject: Subject) -> Rewriter:
    """A number stays a number of its kind, and a prompt is guarded where that is wished."""
    own: tuple[Constraint, ...] = subject.constraints
    if isinstance(subject.value, int | float):
        own = (IsNumber(type(subject.value)), *own)
    elif subject.is_guarded and subject.is_instruction:
        own = (*safeguards_of(subject.gradients), *own)
    return replace(rewriter, constraints=(*own, *rewriter.constraints))


async def _all_of(work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Run coroutines at once; where some fail, cancel the rest and raise the first error in their order."""
    tasks: list[asyncio.Task[T]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in work]
    except BaseExceptionGroup:
        errors = (task.exception() for task in tasks if not task.cancelled())
        first = next(error for error in errors if error is not None)
        # Not the group, but what the error itself arose from.
        raise first from first.__cause__
    return [task.result() for task in tasks]
