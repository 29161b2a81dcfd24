"""What an optimizer remembers of one parameter: recent criticism, and past values with their scores.

Both are bounded, in number and in length, so that the request does not grow with the steps. Past values with
their scores are the momentum of REVOLVE (arXiv 2412.03092); OPRO shows them in ascending order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.prompts.rewrite import PastVersion

LONGEST_ENTRY = 4_000
"""Most characters that one remembered text may have; the rest of a longer one is left out."""


@checked_dataclass(frozen=True)
class _State:
    remarks: tuple[str, ...]
    versions: tuple[tuple[str, float | None], ...]


_STATE = TypeAdapter(_State)


class Memory:
    """The memory of one parameter.

    Args:
        n_remarks: From how many earlier steps the criticism is kept.
        n_versions: How many past values are kept.
    """

    def __init__(self, n_remarks: int, n_versions: int) -> None:
        self._remarks: deque[str] = deque(maxlen=n_remarks)
        self._versions: deque[PastVersion] = deque(maxlen=n_versions)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The criticism of earlier steps, oldest first, one text per step."""
        return tuple(self._remarks)

    def versions(self, current: str) -> tuple[PastVersion, ...]:
        """Past values other than the current one, the best last; those without a score come first."""
        others = [version for version in self._versions if version.text != _bounded(current)]
        return tuple(sorted(others, key=lambda version: -1.0 if version.score is None else version.score))

    def note(self, text: str, score: float | None, remarks: Iterable[str]) -> None:
        """Remember a value, its score where it has one, and what was said about it in this step."""
        version = PastVersion(_bounded(text), score)
        others = [other for other in self._versions if other.text != version.text]
        self._versions = deque([*others, version], maxlen=self._versions.maxlen)
        if said := "\n".join(remarks):
            self._remarks.append(_bounded(said))

    def state_dict(self) -> dict[str, JsonValue]:
        """Give the memory as plain JSON data."""
        versions: list[JsonValue] = [[version.text, version.score] for version in self._versions]
        return {"remarks": list(self._remarks), "versions": versions}

    def loaded(self, state: Mapping[str, JsonValue]) -> Memory:
        """Make a memory of the same bounds with what :meth:`state_dict` gave; this one stays as it is.

        Raises:
            ConfigurationError: The data are not of that form.
        """
        try:
            checked = _STATE.validate_python(state)
        except ValidationError as error:
            raise ConfigurationError(f"this is no memory of an optimizer: {error}") from error
        memory = Memory(self._remarks.maxlen or 0, self._versions.maxlen or 0)
        memory._remarks.extend(checked.remarks)
        memory._versions.extend(PastVersion(text, score) for text, score in checked.versions)
        return memory


def _bounded(text: str) -> str:
    return text if len(text) <= LONGEST_ENTRY else f"{text[:LONGEST_ENTRY]} …"
