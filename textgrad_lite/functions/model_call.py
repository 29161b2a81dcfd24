"""One call of a language model as a node of the graph: what it sends, and the criticism it hands back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, Message, Purpose, Request
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions.arrangement import Arrangement, Layout
from textgrad_lite.functions.review import Case, review
from textgrad_lite.functions.structured_output import check, name_of, schema_of, words_for
from textgrad_lite.graph import Call, Criticism, Feedback, Function, Value, Variable
from textgrad_lite.prompts.criticism import CallRecord, Part, Target

_SAMPLING = ("temperature", "top_p", "max_tokens", "stop", "seed", "reasoning_effort", "extra")


@dataclass(frozen=True)
class CallOptions:
    """What one call asks for besides its inputs.

    Attributes:
        purpose: What the call is for, as in ``Request.purpose``.
        sampling: How the reply is drawn: the fields of ``Request`` from ``temperature`` to ``extra``.
        output_type: The form that the reply has to be of, or None.
        joint: Whether backward asks about all inputs at once; None leaves it to ``backward()``.
        draw: Which of several draws of the same call this is.

    Raises:
        ConfigurationError: A sampling option is unknown or of the wrong kind.
    """

    purpose: Purpose = "forward"
    sampling: Mapping[str, Any] = field(default_factory=dict)
    output_type: type[BaseModel] | None = None
    joint: bool | None = None
    draw: int = 0

    def __post_init__(self) -> None:
        wrong = [name for name in self.sampling if name not in _SAMPLING]
        if wrong:
            raise ConfigurationError(
                f"no such sampling option: {', '.join(wrong)}", hint=f"Known: {', '.join(_SAMPLING)}."
            )
        try:
            Request(messages=(), **self.sampling)
        except ValidationError as error:
            faults = (f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
            raise ConfigurationError(f"wrong sampling option: {'; '.join(faults)}") from error


@dataclass(frozen=True)
class Reply:
    """What a call keeps for its backward.

    Attributes:
        arrangement: The messages that were sent.
        completion: What came back.
        instance: The reply in its required form, or None.
        problem: How the reply misses that form, or None.
    """

    arrangement: Arrangement
    completion: Completion
    instance: BaseModel | None = None
    problem: str | None = None


class ModelCall(Function):
    """Sends its inputs to the engine of the call, and asks the backward engine what was wrong with them.

    Args:
        name: How the call is named in errors and origins.
        layout: Puts the inputs in their places.
        options: What else is asked for.
    """

    def __init__(self, name: str, layout: Layout, options: CallOptions) -> None:
        self.name = name
        self._layout = layout
        self._options = options

    async def forward(self, call: Call) -> Value:
        """Send the messages and keep what is needed to criticise them."""
        engine = _engine_of(call)
        arrangement = self._layout.arrange(call.arguments)
        completion = await engine.complete(self._request(arrangement, engine))
        output_type = self._options.output_type
        if output_type is None:
            call.record = Reply(arrangement, completion)
            return completion.text
        checked = check(completion.text, output_type)
        call.record = Reply(arrangement, completion, checked.instance, checked.problem)
        return checked.text

    async def backward(
        self, call: Call, criticism: Criticism, wanted: tuple[int, ...]
    ) -> Mapping[int, Sequence[Feedback]]:
        """Criticise the wanted inputs: one request each, or one for all where it is to be joint."""
        joint = criticism.joint if self._options.joint is None else self._options.joint
        return await review(self._case(call), criticism, wanted, joint=joint)

    def _request(self, arrangement: Arrangement, engine: Engine) -> Request:
        messages = arrangement.messages
        schema = None
        output_type = self._options.output_type
        if output_type is not None:
            schema = schema_of(output_type) if engine.supports_schema else None
            *before, user = messages
            words = () if engine.supports_schema else (words_for(output_type),)
            messages = (*before, Message.of("user", *user.parts, *words, shared_prefix=user.shared_prefix))
        return Request(
            messages=messages,
            output_schema=schema,
            output_name=name_of(output_type) if output_type else "answer",
            sample=(self._options.draw, 0),
            purpose=self._options.purpose,
            **self._options.sampling,
        )

    def _case(self, call: Call) -> Case:
        reply: Reply = call.record
        arrangement = reply.arrangement
        record = CallRecord(
            happened="A language model was called.",
            parts=arrangement.parts,
            output=Part("output", "output", str(call.output)),
            output_role=call.role_description,
            is_judgement=self._options.purpose == "loss",
        )
        targets = {
            position: Target(
                role=argument.role_description,
                text=argument.text,
                title=arrangement.titles.get(position),
                is_general=position in arrangement.general,
            )
            for position, argument in enumerate(call.arguments)
        }
        return Case(record, targets, arrangement.images, reply.problem)


def completion_of(variable: Variable) -> Completion | None:
    """The completion behind an output: its finish reason, its usage, whether it came from the cache.

    Returns:
        None where the variable is no output of a model call, or its value is still pending.
    """
    reply = _reply_of(variable)
    return None if reply is None else reply.completion


M = TypeVar("M", bound=BaseModel)


def instance_of(variable: Variable, output_type: type[M]) -> M | None:
    """The output of a call with an ``output_type``, as an instance of it.

    Returns:
        None where the reply was not of that form, or its value is still pending.
    """
    reply = _reply_of(variable)
    instance = None if reply is None else reply.instance
    return instance if isinstance(instance, output_type) else None


def _reply_of(variable: Variable) -> Reply | None:
    record = None if variable.call is None else variable.call.record
    return record if isinstance(record, Reply) else None


def _engine_of(call: Call) -> Engine:
    assert isinstance(call.engine, Engine)
    return call.engine
