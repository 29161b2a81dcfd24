"""What an optimizer proposes for a parameter, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import JsonValue

from textgrad_lite.engines.types import Usage
from textgrad_lite.graph import Variable

NOTHING = Usage(cost_usd=0.0)
"""What it uses not to ask a model."""


@dataclass(frozen=True)
class Proposal:
    """A new text for one parameter, or the reason why there is none.

    Attributes:
        parameter: The parameter.
        old: Its text before.
        new: The text proposed, or None where the model was not asked or gave nothing usable. A text that
            breaks a constraint is kept here for inspection.
        is_accepted: True where the text passed every check.
        reason: Why it was not accepted, or an empty text.
        source: Who proposed it.
        usage: Tokens and cost of the calls made for it; answers from the cache are free.
        calls: How often the model was asked.
        shown: The request as the model got it, or an empty text where it was not asked.
        draw: Which of several draws it is.
    """

    parameter: Variable
    old: str
    new: str | None
    is_accepted: bool
    reason: str = ""
    source: str = "gradients"
    usage: Usage = NOTHING
    calls: int = 0
    shown: str = ""
    draw: int = 0

    def to_json(self) -> dict[str, JsonValue]:
        """Give everything as plain JSON data, for journals."""
        return {
            "role": self.parameter.role_description,
            "old": self.old,
            "new": self.new,
            "is_accepted": self.is_accepted,
            "reason": self.reason,
            "source": self.source,
            "usage": self.usage.model_dump(mode="json"),
            "calls": self.calls,
            "shown": self.shown,
            "draw": self.draw,
        }

    def __str__(self) -> str:
        outcome = "changed" if self.is_accepted else f"unchanged: {self.reason}"
        return f"{self.parameter.role_description}: {outcome}"


@dataclass(frozen=True)
class StepReport:
    """What one step of an optimizer did, one proposal per parameter in their order."""

    proposals: tuple[Proposal, ...]

    @property
    def accepted(self) -> tuple[Proposal, ...]:
        """The proposals that were applied."""
        return tuple(proposal for proposal in self.proposals if proposal.is_accepted)

    @property
    def rejected(self) -> tuple[Proposal, ...]:
        """Those that were not, with their reasons; parameters that were left alone are among them."""
        return tuple(proposal for proposal in self.proposals if not proposal.is_accepted)

    @property
    def usage(self) -> Usage:
        """Tokens and cost of the whole step."""
        return total_usage(proposal.usage for proposal in self.proposals)

    @property
    def calls(self) -> int:
        """How often a model was asked."""
        return sum(proposal.calls for proposal in self.proposals)

    def __str__(self) -> str:
        return "\n".join(map(str, self.proposals))


def total_usage(usages: Iterable[Usage]) -> Usage:
    """Add usages up; the cost of the whole is unknown where any part's is."""
    parts = list(usages)
    costs = [part.cost_usd for part in parts if part.total_tokens]
    known = [cost for cost in costs if cost is not None]
    return Usage(
        input_tokens=sum(part.input_tokens for part in parts),
        output_tokens=sum(part.output_tokens for part in parts),
        reasoning_tokens=sum(part.reasoning_tokens for part in parts),
        cached_input_tokens=sum(part.cached_input_tokens for part in parts),
        cache_write_tokens=sum(part.cache_write_tokens for part in parts),
        cost_usd=sum(known) if len(known) == len(costs) else None,
    )
