"""Asking the backward engine what was wrong with the inputs of one call."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, TypeVar

from textgrad_lite.engines import as_engine, get_backward_engine
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, Message, Request
from textgrad_lite.errors import ParseError
from textgrad_lite.functions.arrangement import to_message_part
from textgrad_lite.graph import Criticism, Feedback, Gradient, Image
from textgrad_lite.prompts import parse
from textgrad_lite.prompts.criticism import (
    CallRecord,
    Target,
    joint_form,
    render_context,
    render_criticism_request,
    render_joint_criticism_request,
    render_keep,
    render_reviewer,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """One call that is to be reviewed.

    Attributes:
        record: What happened.
        targets: The arguments that may be criticised, by their position.
        images: Images that the call saw; the reviewer sees them too.
        problem: What was wrong with the output by itself, whatever was said about it, or None.
    """

    record: CallRecord
    targets: Mapping[int, Target]
    images: tuple[Image, ...] = ()
    problem: str | None = None


async def review(
    case: Case, criticism: Criticism, wanted: Sequence[int], *, joint: bool = False
) -> dict[int, list[Feedback]]:
    """Criticise the wanted arguments of a call.

    Costs one request for each wanted argument, or one for all where it is to be joint; none where all that
    was said about the output is that it is right.

    Args:
        case: The call.
        criticism: What was said about its output.
        wanted: Positions of the arguments to criticise.
        joint: Whether to ask for all of them in one request. What its reply leaves out is asked for singly.

    Returns:
        One feedback for each wanted argument, with what happened around it as its context.

    Raises:
        ConfigurationError: No backward engine is set.
        ParseError: The engine gave an empty answer, twice.
    """
    targets = {position: case.targets[position] for position in wanted}
    if _is_praise(case, criticism):
        texts = {position: render_keep(target.role) for position, target in targets.items()}
    else:
        texts = await _ask_for(targets, case, criticism, joint=joint)
    score = mean_score(criticism.gradients)
    return {
        position: [
            Feedback(
                text=texts[position],
                context=render_context(case.record, target),
                is_keep=_is_praise(case, criticism),
                score=score,
            )
        ]
        for position, target in targets.items()
    }


async def ask(engine: Engine, request: Request) -> str:
    """Ask for a review in free text; an answer that is empty or refused is asked for once more.

    Raises:
        ParseError: Neither answer can be used.
    """
    for attempt in range(2):
        completion = await engine.complete(request.with_attempt(attempt))
        text = parse.strip_thoughts(completion.text)
        if text and completion.finish_reason not in {"refusal", "filter"}:
            return text
    raise ParseError(
        f"{engine.name} gave no criticism, twice (the last answer ended with {completion.finish_reason!r})",
        hint="Ask another backward engine, or one that may answer more tokens.",
    )


def reviewer_request(prompt: str, images: Iterable[Image] = (), **parameters: Any) -> Request:
    """Make the request of a backward call: the reviewer's instruction, the images, and the question."""
    content = (*map(to_message_part, images), prompt)
    messages = (Message.of("system", render_reviewer()), Message.of("user", *content))
    return Request(messages=messages, purpose="backward", **parameters)


def backward_engine(criticism: Criticism) -> Engine:
    """The engine that was handed to ``backward()``, or else the one that is set.

    Raises:
        ConfigurationError: There is neither.
    """
    return as_engine(criticism.engine) if criticism.engine is not None else get_backward_engine()


def mean_score(gradients: Sequence[Gradient]) -> float | None:
    """The mean of the scores that came with some criticisms, or None where none did."""
    scores = [gradient.score for gradient in gradients if gradient.score is not None]
    return fmean(scores) if scores else None


async def _ask_for(
    targets: Mapping[int, Target], case: Case, criticism: Criticism, *, joint: bool
) -> dict[int, str]:
    engine = backward_engine(criticism)
    said = [gradient.text for gradient in criticism.gradients] + [case.problem] * (case.problem is not None)
    criticisms = [text for text in said if text]
    texts = await _ask_jointly(targets, case, criticisms, engine) if joint and len(targets) > 1 else {}
    missing = {position: target for position, target in targets.items() if position not in texts}
    requests = [
        reviewer_request(render_criticism_request(case.record, criticisms, target), case.images)
        for target in missing.values()
    ]
    answers = await _together(ask(engine, request) for request in requests)
    return texts | dict(zip(missing, answers, strict=True))


async def _ask_jointly(
    targets: Mapping[int, Target], case: Case, criticisms: Sequence[str], engine: Engine
) -> dict[int, str]:
    form = joint_form(len(targets))
    prompt = render_joint_criticism_request(
        case.record, criticisms, list(targets.values()), is_json=engine.supports_schema
    )
    schema = _schema(form) if engine.supports_schema else None
    completion = await engine.complete(
        reviewer_request(prompt, case.images, output_schema=schema, output_name="review")
    )
    read = _read_json if engine.supports_schema else _read_tags
    answers = read(completion, form)
    return {
        position: answers[tag]
        for position, (tag, sample) in zip(targets, form.items(), strict=True)
        if answers.get(tag, sample) != sample
    }


def _schema(tags: Iterable[str]) -> dict[str, Any]:
    properties = {tag: {"type": "string"} for tag in tags}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _read_tags(completion: Completion, tags: Iterable[str]) -> dict[str, str]:
    reason = completion.finish_reason
    found = {tag: parse.extract_tag(completion.text, tag, finish_reason=reason) for tag in tags}
    return {tag: text for tag, text in found.items() if text}


def _read_json(completion: Completion, tags: Iterable[str]) -> dict[str, str]:
    try:
        answers = parse.extract_json(completion.text)
    except ParseError:
        return {}
    if not isinstance(answers, dict):
        return {}
    return {tag: str(answers[tag]).strip() for tag in tags if str(answers.get(tag) or "").strip()}


async def _together(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Await all at once; the first error cancels the rest, which would only spend."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


def _is_praise(case: Case, criticism: Criticism) -> bool:
    return (
        case.problem is None
        and bool(criticism.gradients)
        and all(gradient.is_keep for gradient in criticism.gradients)
    )
