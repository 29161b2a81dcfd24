"""Textual gradient descent: one step rewrites every parameter from the criticism that it gathered.

The method is TextGrad's (arXiv 2406.07496). All parameters are asked for at once, each proposal is checked,
and nothing is applied before every one of them is there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import JsonValue

from textgrad_lite import runtime
from textgrad_lite.engines import Engine, as_engine, get_backward_engine
from textgrad_lite.errors import ConfigurationError, StaleGradientError
from textgrad_lite.graph import Variable
from textgrad_lite.optimizers.constraints import Constraint, MaxLength
from textgrad_lite.optimizers.course import Course
from textgrad_lite.optimizers.edit_size import EditSize, read_edit_size
from textgrad_lite.optimizers.memory import Memory
from textgrad_lite.optimizers.proposal import Proposal, StepReport
from textgrad_lite.optimizers.rewriter import Rewriter
from textgrad_lite.optimizers.subject import Subject, propose, value_like
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS, Peer

_log = logging.getLogger(__name__)


class TextualGradientDescent:
    """Rewrites parameters from their gradients. ``TGD`` is the same class.

    The first eight arguments are those of textgrad.

    Args:
        parameters: The variables to improve. One that a function made is criticised too from now on.
        verbose: Above zero, every outcome is logged at INFO, else at DEBUG.
        engine: The optimizer's model, or its name; default: the backward engine at the time of the step.
        constraints: Conditions in words, told to the model.
        new_variable_tags: The two marks between which the model is to write the new text.
        optimizer_system_prompt: A system prompt in place of ours. ``{new_variable_start_tag}`` and
            ``{new_variable_end_tag}`` in it stand for the marks.
        in_context_examples: Examples of good texts, shown to the model.
        gradient_memory: From how many earlier steps the criticism is shown again.
        hard_constraints: Conditions in code; a text that breaks one is never adopted.
        momentum_window: How many past values are shown, with their scores where they are known.
        attempts: How often the model is asked for one text at most, the first time included.
        structured: Ask for JSON by a schema where the engine enforces one.
        metric_description: How results are scored, as a sentence for the model.
        peers: Further texts that work together with the parameters; they are shown and not changed.
        safeguards: Hold a parameter whose role speaks of a prompt or an instruction to more: its placeholders
            stay, it repeats neither the cases of its criticism nor our own words, and, unless a
            :class:`MaxLength` is given, it has at most 4,000 characters, or four times its first length.
        edit_size: How much of a text one step may change: a share of its words, or a schedule of shares.
        **sampling: Further fields of the request, such as ``temperature``.

    Raises:
        ConfigurationError: An argument cannot be used.
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        verbose: int = 0,
        engine: object = None,
        constraints: Sequence[str] | None = None,
        new_variable_tags: Sequence[str] | None = None,
        optimizer_system_prompt: str | None = None,
        in_context_examples: Sequence[str] | None = None,
        gradient_memory: int = 0,
        *,
        hard_constraints: Sequence[Constraint] = (),
        momentum_window: int = 0,
        attempts: int = 2,
        structured: bool = False,
        metric_description: str = "",
        peers: Sequence[Variable] = (),
        safeguards: bool = True,
        edit_size: EditSize | float | str | None = None,
        **sampling: Any,
    ) -> None:
        self.parameters = _checked_parameters(parameters)
        self.engine = None if engine is None else as_engine(engine)
        self._level = logging.INFO if verbose else logging.DEBUG
        self._peers = tuple(peers)
        self._is_guarded = safeguards
        self.constraints = tuple(constraints or ())
        self.hard_constraints = tuple(hard_constraints)
        self.in_context_examples = tuple(in_context_examples or ())
        self.momentum_window = _at_least("momentum_window", momentum_window, 0)
        self.attempts = _at_least("attempts", attempts, 1)
        self.edit_size = read_edit_size(edit_size)
        self._scoring = metric_description
        self._rewriter_settings: dict[str, Any] = {
            "constraints": self.hard_constraints,
            "rules": self.constraints,
            "marks": _checked_marks(new_variable_tags),
            "system_prompt": optimizer_system_prompt,
            "attempts": self.attempts,
            "is_structured": structured,
            "sampling": sampling,
        }
        n_remarks = _at_least("gradient_memory", gradient_memory, 0)
        is_bounded = safeguards and not any(isinstance(each, MaxLength) for each in hard_constraints)
        self._courses = [
            Course(Memory(n_remarks, self.momentum_window), self.edit_size, is_bounded=is_bounded)
            for _ in self.parameters
        ]

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> StepReport:
        """Rewrite every parameter that has something to change, and wait for it.

        Returns:
            One proposal per parameter, also for those that were left alone.

        Raises:
            StaleGradientError: A gradient criticises a value that has been replaced since.
            EngineError: The model could not be asked. No parameter was changed.
            BudgetExceededError: A limit is reached. No parameter was changed.
        """
        return runtime.run(self._step(self.make_rewriter()))

    async def astep(self) -> StepReport:
        """Same as :meth:`step`, from any event loop."""
        return await runtime.arun(self._step(self.make_rewriter()))

    def proposals(self, draws: int = 1, hints: Sequence[str] = ()) -> list[Proposal]:
        """Ask for new texts and apply none.

        Args:
            draws: How many proposals to ask for per parameter, all at once.
            hints: General advice that the model is shown besides the criticism.

        Returns:
            The proposals by parameter, then by draw; one for a parameter that was left alone.
        """
        return runtime.run(self._proposals(self.make_rewriter(), draws, hints))

    async def aproposals(self, draws: int = 1, hints: Sequence[str] = ()) -> list[Proposal]:
        """Same as :meth:`proposals`, from any event loop."""
        return await runtime.arun(self._proposals(self.make_rewriter(), draws, hints))

    def state_dict(self) -> dict[str, JsonValue]:
        """Give the memory of all parameters, in their order, as plain JSON data."""
        courses: list[JsonValue] = [course.state_dict() for course in self._courses]
        return {"parameters": courses}

    def load_state_dict(self, state: Mapping[str, JsonValue]) -> None:
        """Take over what :meth:`state_dict` gave, all of it or nothing.

        Raises:
            ConfigurationError: The data do not fit this optimizer.
        """
        stored = state.get("parameters")
        if not isinstance(stored, list) or len(stored) != len(self._courses):
            raise ConfigurationError(
                f"the stored state is not that of an optimizer of {len(self._courses)} parameters",
                hint="Load it into an optimizer with the same parameters in the same order.",
            )
        pairs = zip(self._courses, stored, strict=True)
        self._courses = [course.loaded(part if isinstance(part, dict) else {}) for course, part in pairs]

    def make_rewriter(self) -> Rewriter:
        """How this optimizer asks, with the backward engine of the context where none was given."""
        engine: Engine = self.engine or get_backward_engine()
        return Rewriter(engine, **self._rewriter_settings)

    async def _step(self, rewriter: Rewriter) -> StepReport:
        subjects = await self._subjects()
        versions = [parameter.version for parameter in self.parameters]
        report = StepReport(tuple(await propose(rewriter, subjects)))
        if versions != [parameter.version for parameter in self.parameters]:
            raise StaleGradientError(
                "a parameter got another value during the step; no parameter was changed by the step",
                hint="Let one optimizer at a time change a parameter.",
            )
        for subject, course, proposal in zip(subjects, self._courses, report.proposals, strict=True):
            _apply(proposal, subject)
            if subject.gradients:
                course.note(subject)
            _log.log(self._level, "%s", proposal)
        return report

    async def _proposals(self, rewriter: Rewriter, draws: int, hints: Sequence[str]) -> list[Proposal]:
        return await propose(rewriter, await self._subjects(hints), draws=range(draws))

    async def _subjects(self, hints: Sequence[str] = ()) -> list[Subject]:
        for parameter in self.parameters:
            refuse_stale_gradients(parameter)
        values = [await parameter for parameter in self.parameters]
        peers = [Peer(peer.role_description, str(await peer)) for peer in self._peers]
        own = [
            Peer(parameter.role_description, str(value))
            for parameter, value in zip(self.parameters, values, strict=True)
        ]
        subjects = [
            Subject(
                variable=parameter,
                value=value,
                gradients=parameter.gradients,
                peers=(*own[:number], *own[number + 1 :], *peers),
                past_versions=course.memory.versions(str(value)),
                earlier_remarks=course.memory.remarks,
                scoring=self._scoring,
                advice=tuple(hints),
                examples=self.in_context_examples,
                is_guarded=self._is_guarded,
            )
            for number, (parameter, value, course) in enumerate(
                zip(self.parameters, values, self._courses, strict=True)
            )
        ]
        return [
            replace(subject, constraints=course.constraints(subject))
            for subject, course in zip(subjects, self._courses, strict=True)
        ]


TGD = TextualGradientDescent


def refuse_stale_gradients(parameter: Variable) -> None:
    """Make sure that everything said about a parameter was said about the value that it has.

    Raises:
        StaleGradientError: A gradient criticises an earlier value.
    """
    if any(gradient.version != parameter.version for gradient in parameter.gradients):
        raise StaleGradientError(
            f"{parameter.role_description!r} has gradients that criticise an earlier value",
            hint="Call optimizer.zero_grad() after a step, before the next forward pass.",
        )


def _apply(proposal: Proposal, subject: Subject) -> None:
    if proposal.is_accepted and proposal.new is not None:
        proposal.parameter.set_value(value_like(subject.value, proposal.new))


def _checked_parameters(parameters: Iterable[Variable]) -> list[Variable]:
    checked = list(dict.fromkeys(parameters))
    if not checked:
        raise ConfigurationError("the optimizer has no parameters", hint="Pass at least one Variable.")
    for parameter in checked:
        if not isinstance(parameter, Variable):
            raise ConfigurationError(f"{parameter!r} is not a Variable", hint="Pass Variables as parameters.")
        if parameter.is_cut:
            raise ConfigurationError(
                f"{parameter.role_description!r} does not require a gradient, so it cannot be improved",
                hint="Make it with requires_grad=True, or pass it in peers to have it shown only.",
            )
        parameter.retain_grad()
    return checked


def _checked_marks(tags: Sequence[str] | None) -> tuple[str, str]:
    if tags is None:
        return NEW_TEXT_TAGS
    if isinstance(tags, str) or len(tags) != 2 or not all(tags) or tags[0] == tags[1]:
        raise ConfigurationError(
            f"new_variable_tags are {tags!r}", hint="Give two different marks, one before and one after."
        )
    return (tags[0], tags[1])


def _at_least(name: str, number: int, least: int) -> int:
    if number < least:
        raise ConfigurationError(f"{name} is {number}", hint=f"Give {least} or more.")
    return number
