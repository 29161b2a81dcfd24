"""What a download tells whoever shows it; nothing here draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class PullProgress:
    """How far a download is.

    Attributes:
        done: Bytes of the model that are here.
        total: Bytes of the whole model.
        note: What is being done, in words for the user.
    """

    done: int
    total: int
    note: str


OnProgress: TypeAlias = Callable[[PullProgress], None]


def ignore_progress(_: PullProgress) -> None:
    """Show nothing."""
