"""When a search has had enough: conditions that are put together with ``|`` and ``&``.

``Patience(steps=3) | Target(mean=0.9)`` stops where either holds, with ``&`` where both do. A condition is
asked before every step. A resumed run does not ask again but follows what its journal says, so that even a
condition on the time gives the same run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, field_validator

from textgrad_lite.engines.budget import Amount
from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.training.events import StopReason

_TOLERANCE = 1e-9


class Standing(Protocol):
    """What a condition is told of a search."""

    @property
    def step(self) -> int:
        """Steps that are done."""
        ...

    @property
    def last_gain(self) -> int:
        """The last of them that found a new best state; 0 where none has."""
        ...

    @property
    def means(self) -> Sequence[float]:
        """Mean of the best state on validation, at the start and after each step."""
        ...

    @property
    def spent(self) -> Amount:
        """What the run has spent so far, the baseline included."""
        ...

    @property
    def elapsed(self) -> float:
        """Seconds since its first call, those of earlier processes included."""
        ...

    @property
    def is_stop_requested(self) -> bool:
        """Whether somebody has asked for the end."""
        ...


class Stop(BaseModel, ABC):
    """A condition. Derive from it to write another one: a ``kind``, fields, and :meth:`reason`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]

    @abstractmethod
    def reason(self, search: Standing) -> StopReason | None:
        """Why the search stops before the next step, or None where it goes on."""

    def to_json(self) -> dict[str, Any]:
        """The condition as plain data, which :func:`read_stop` takes."""
        return {"kind": self.kind, **self.model_dump(mode="json")}

    def __or__(self, other: Stop) -> Stop:
        """Stops where either holds."""
        return AnyOf(conditions=(*_parts(AnyOf, self), *_parts(AnyOf, other)))

    def __and__(self, other: Stop) -> Stop:
        """Stops where both hold."""
        return AllOf(conditions=(*_parts(AllOf, self), *_parts(AllOf, other)))


class MaxSteps(Stop):
    """Stops after so many steps."""

    kind: ClassVar[str] = "steps"
    steps: int = Field(ge=0)

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        return "steps" if search.step >= self.steps else None


class Patience(Stop):
    """Stops after so many steps in a row without a new best state."""

    kind: ClassVar[str] = "patience"
    steps: int = Field(ge=1)

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        return "patience" if search.step - search.last_gain >= self.steps else None


class NoImprovement(Stop):
    """Stops where the best mean on validation has risen by less than ``least`` over the last ``steps`` steps.

    Other than :class:`Patience` it is not content with a gain of any size.
    """

    kind: ClassVar[str] = "no_improvement"
    steps: int = Field(3, ge=1)
    least: float = Field(0.01, gt=0)

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        if len(search.means) <= self.steps:
            return None
        gain = search.means[-1] - search.means[-1 - self.steps]
        return "no_improvement" if gain < self.least - _TOLERANCE else None


class Target(Stop):
    """Stops where the best state's mean on validation is at least this."""

    kind: ClassVar[str] = "target"
    mean: float

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        return "target" if search.means[-1] >= self.mean - _TOLERANCE else None


class Perfect(Stop):
    """Stops where nothing on validation is left to improve."""

    kind: ClassVar[str] = "perfect"

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        return "perfect" if search.means[-1] >= 1 - _TOLERANCE else None


class Spent(Stop):
    """Stops where the run has spent at least so much; a limit that no call may exceed is a ``Budget``."""

    kind: ClassVar[str] = "spent"
    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None; an unknown price is not compared."""
        spent = search.spent
        pairs = ((spent.calls, self.calls), (spent.tokens, self.tokens), (spent.usd, self.usd))
        is_reached = any(
            limit is not None and so_far is not None and so_far >= limit for so_far, limit in pairs
        )
        return "budget" if is_reached else None


class Elapsed(Stop):
    """Stops after so many seconds, at the end of a step."""

    kind: ClassVar[str] = "elapsed"
    seconds: float

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        return "time" if search.elapsed >= self.seconds else None


class Requested(Stop):
    """Stops where ``Trainer.request_stop`` was called, as a callback may do. Always holds besides others."""

    kind: ClassVar[str] = "requested"

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        return "requested" if search.is_stop_requested else None


class _Several(Stop, ABC):
    conditions: tuple[SerializeAsAny[Stop], ...] = Field(min_length=1)

    @field_validator("conditions", mode="before")
    @classmethod
    def _read(cls, conditions: Sequence[Any]) -> tuple[Stop, ...]:
        return tuple(read_stop(each) if isinstance(each, Mapping) else each for each in conditions)

    def to_json(self) -> dict[str, Any]:
        """The conditions as plain data."""
        return {"kind": self.kind, "conditions": [each.to_json() for each in self.conditions]}


class AnyOf(_Several):
    """Stops where any of the conditions holds; the first that does gives the reason."""

    kind: ClassVar[str] = "any"

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        return next((reason for each in self.conditions if (reason := each.reason(search)) is not None), None)


class AllOf(_Several):
    """Stops where all conditions hold; the first gives the reason."""

    kind: ClassVar[str] = "all"

    def reason(self, search: Standing) -> StopReason | None:
        """The reason to stop, or None."""
        reasons = [each.reason(search) for each in self.conditions]
        return reasons[0] if all(reason is not None for reason in reasons) else None


def make_stop(
    steps: int, *, patience: int | None = None, target: float | None = None, further: Stop | None = None
) -> Stop:
    """The conditions of a run: perfect, asked to stop, all steps done, and whatever else is given."""
    conditions: list[Stop] = [Perfect(), Requested(), MaxSteps(steps=steps)]
    conditions += [Patience(steps=patience)] if patience is not None else []
    conditions += [Target(mean=target)] if target is not None else []
    conditions += [further] if further is not None else []
    return AnyOf(conditions=tuple(conditions))


def read_stop(data: Mapping[str, Any]) -> Stop:
    """A condition from what :meth:`Stop.to_json` gave.

    Raises:
        UnknownNameError: If there is no condition of this kind; names the nearest.
        ConfigurationError: If its fields are wrong.
    """
    fields = dict(data)
    kind = str(fields.pop("kind", ""))
    if kind not in _KINDS:
        raise UnknownNameError("condition to stop at", kind, _KINDS)
    try:
        return _KINDS[kind].model_validate(fields)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ConfigurationError(f"the condition {kind!r} cannot be read: {problem['msg']}") from error


_KINDS: Mapping[str, type[Stop]] = {
    kind.kind: kind
    for kind in (
        MaxSteps,
        Patience,
        NoImprovement,
        Target,
        Perfect,
        Spent,
        Elapsed,
        Requested,
        AnyOf,
        AllOf,
    )
}


def _parts(kind: type[_Several], stop: Stop) -> tuple[Stop, ...]:
    return stop.conditions if isinstance(stop, kind) else (stop,)
