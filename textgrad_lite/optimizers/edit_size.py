"""How much of a text one step may change: what a learning rate is for numbers.

A schedule gives a share of the words; :class:`MaxChange` holds every proposal to it. Nothing does so by
default: a start prompt of five words is not improved by changing one of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.constraints import MaxChange
from textgrad_lite.optimizers.overlap import words_of

Share = Annotated[float, Field(gt=0, le=1)]

_SHORT = 4
"""Words of fewer letters say little about what a criticism is about."""


class EditSize(BaseModel, ABC):
    """A schedule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]

    @abstractmethod
    def share(self, step: int, agreement: float | None) -> float:
        """The largest share of words that a step may change.

        Args:
            step: Number of the step, from 0.
            agreement: How much its criticism agrees with that of the step before, from 0 to 1; None where
                there was none.
        """


class ConstantEdit(EditSize):
    """The same share in every step."""

    kind: ClassVar[str] = "constant"
    size: Share

    def share(self, step: int, agreement: float | None) -> float:  # noqa: ARG002 - it is constant
        """The share."""
        return self.size


class DecayingEdit(EditSize):
    """From a large share to a small one, by the same factor in each of so many steps; then it stays there."""

    kind: ClassVar[str] = "decaying"
    first: Share = 0.6
    last: Share = 0.1
    steps: int = Field(6, ge=1)

    def share(self, step: int, agreement: float | None) -> float:  # noqa: ARG002 - it follows the step
        """The share."""
        return float(self.first * (self.last / self.first) ** min(1.0, step / self.steps))


class AdaptiveEdit(EditSize):
    """A large share where successive criticisms agree, a small one where they contradict each other.

    As with numbers: a direction that stays the same may be followed further (Rprop, Riedmiller and Braun
    1993). Without anything to compare with, it is half way between.
    """

    kind: ClassVar[str] = "adaptive"
    least: Share = 0.1
    most: Share = 0.6

    def share(self, step: int, agreement: float | None) -> float:  # noqa: ARG002 - it follows the agreement
        """The share."""
        return self.least + (self.most - self.least) * (0.5 if agreement is None else agreement)


def agreement_of(earlier: Sequence[str], later: Sequence[str]) -> float:
    """How much two rounds of criticism are about the same: the share of their words that both have.

    Words of fewer than four letters are left out; 0 where no word is common, 1 where all are.
    """
    one, other = (
        {word for text in texts for word in words_of(text) if len(word) >= _SHORT}
        for texts in (earlier, later)
    )
    return len(one & other) / len(one | other) if one | other else 0.0


def read_edit_size(setting: EditSize | float | str | None) -> EditSize | None:
    """A schedule from a number, or from its kind with numbers: ``"decaying:0.6:0.1:6"``.

    Raises:
        ConfigurationError: If it is neither, or a number is out of range.
    """
    if setting is None or isinstance(setting, EditSize):
        return setting
    kind, *given = str(setting).split(":")
    try:
        if kind not in _KINDS:
            kind, given = "constant", [kind, *given]
        fields = list(_KINDS[kind].model_fields)[: len(given)]
        return _KINDS[kind].model_validate(dict(zip(fields, given, strict=True)))
    except (ValueError, ValidationError) as error:
        raise ConfigurationError(
            f"the size of an edit cannot be {setting!r}",
            hint="Give a share above 0 and at most 1, such as 0.3; or decaying:FIRST:LAST:STEPS; or "
            "adaptive:LEAST:MOST.",
        ) from error


_KINDS: Mapping[str, type[EditSize]] = {
    kind.kind: kind for kind in (ConstantEdit, DecayingEdit, AdaptiveEdit)
}


class EditPace:
    """Where a schedule stands: the number of the step, and what was said in the last one.

    Args:
        schedule: The schedule, or None for no limit.
    """

    def __init__(self, schedule: EditSize | None) -> None:
        self._schedule = schedule
        self._step = 0
        self._said: tuple[str, ...] = ()

    def limit(self, said: Sequence[str]) -> MaxChange | None:
        """What a step is held to that has this criticism; None without a schedule. Nothing is noted yet."""
        if self._schedule is None:
            return None
        agreement = agreement_of(self._said, said) if self._said and said else None
        return MaxChange(self._schedule.share(self._step, agreement))

    def advance(self, said: Sequence[str]) -> None:
        """Notes that a step with this criticism is done."""
        self._step += 1
        self._said = tuple(said) or self._said

    def state_dict(self) -> dict[str, JsonValue]:
        """Where it stands, as JSON data."""
        return {"step": self._step, "said": list(self._said)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what :meth:`state_dict` gave.

        Raises:
            ConfigurationError: The data are not of that form.
        """
        step, said = state.get("step", 0), state.get("said", [])
        if not isinstance(step, int) or not isinstance(said, list):
            raise ConfigurationError("this is no state of a schedule of edit sizes")
        self._step = step
        self._said = tuple(map(str, said))
