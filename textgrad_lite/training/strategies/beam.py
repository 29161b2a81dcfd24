"""Several reasons, times edits, times paraphrases, and a beam: ProTeGi (arXiv 2305.03495).

A step sets out from the best few states, the beam. Each of several reasons that the critic gave is answered
by edits of its own, and each edit is also put into other words, so that what a text says is told apart from
how it says it. Best-arm identification under a fixed number of evaluations chooses those that go on: by
successive halving, or by upper confidence bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from textgrad_lite.graph import Gradient
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.allowance import Cost
from textgrad_lite.training.asking import Inquiry
from textgrad_lite.training.criticism import Criticism
from textgrad_lite.training.default_sources import DEFAULT_SOURCES
from textgrad_lite.training.pool import Member
from textgrad_lite.training.search import Search
from textgrad_lite.training.strategies.race import ANYTHING, Trial
from textgrad_lite.training.strategies.racing import Racing, Sizes
from textgrad_lite.training.strategies.upper_bounds import UpperBounds


@dataclass(kw_only=True)
class Beam(Racing):
    """See the module.

    Attributes:
        width: States in the beam.
        reasons: Criticisms of each state that are answered one by one.
        edits: Candidates for each reason.
        paraphrases: How often each edit is put into other words, by a source that does so.
        selection: How the best are identified on the minibatch.
        evaluations: Examples that are run for it at most, with ``"ucb"`` only. Default: half of what all
            candidates would need on the whole minibatch.
    """

    name: ClassVar[str] = "beam"
    source_names: ClassVar[Sequence[str]] = (*DEFAULT_SOURCES, "paraphrases")

    may_be_zero: ClassVar[Sequence[str]] = ("refinements", "paraphrases")

    width: int = 2
    reasons: int = 2
    edits: int = 1
    paraphrases: int = 1
    selection: Literal["halving", "ucb"] = "halving"
    evaluations: int | None = None

    @property
    def sizes(self) -> Sizes:
        """How large a step is at most."""
        places = self.width * self.reasons * self.edits
        return Sizes(places, finalists=self.width, parents=self.width, kept=self.width, batch_margin=ANYTHING)

    def parents(self, search: Search) -> Sequence[Member]:
        """The beam: the best states on validation."""
        return search.pool.leading(self.width)

    def inquiries(
        self, search: Search, parents: Sequence[tuple[Member, Criticism]], places: Sequence[str]
    ) -> Sequence[Inquiry]:
        """Asks about each reason apart."""
        return [
            Inquiry(inquiry.parent, inquiry.places[number :: self.reasons], gradients)
            for inquiry in super().inquiries(search, parents, places)
            for number, gradients in enumerate(one_by_one(inquiry.gradients, self.reasons))
        ]

    def second_wave(self, search: Search) -> Sequence[str]:
        """All but the paraphrases, which come with the edits."""
        return [name for name in search.asking.second_wave if name not in search.asking.paraphrasers]

    async def propose(self, search: Search, plan: dict[str, Any]) -> Sequence[Candidate]:
        """Asks for edits, and for each of them in other words."""
        edits = await super().propose(search, plan)
        names = search.asking.paraphrasers
        return [*edits, *await search.asking.refine(edits, self.paraphrases, names)]

    def cost(self, search: Search, places: Sequence[str]) -> Cost:
        """What a step needs at most, its paraphrases with it."""
        calls = sum(map(search.asking.calls_of, search.asking.paraphrasers))
        return super().cost(search, places) + Cost(asks=self.paraphrases * calls * len(places))

    def most_arms(self, search: Search, places: Sequence[str]) -> int:
        """The edits and their paraphrases."""
        return len(places) * (1 + self.paraphrases * len(search.asking.paraphrasers))

    def screening_runs(self, arms: int, batch: int) -> int:
        """How many examples are run to identify the best."""
        return super().screening_runs(arms, batch) if self.selection == "halving" else self._most(arms, batch)

    async def compare_on_batch(self, search: Search, candidates: Sequence[Candidate]) -> Sequence[Trial]:
        """Identifies the best."""
        if self.selection == "halving":
            return await super().compare_on_batch(search, candidates)
        most = self._most(len(candidates), len(self._batch))
        return await UpperBounds(self.batch_race(), most).run(search, candidates)

    def _most(self, arms: int, batch: int) -> int:
        whole = arms * batch
        return -(-whole // 2) if self.evaluations is None else min(self.evaluations, whole)


def one_by_one(
    gradients: Mapping[str, tuple[Gradient, ...]], n: int
) -> list[dict[str, tuple[Gradient, ...]]]:
    """Shares criticism out among ``n`` requests: each gets one of each parameter's, and all praise.

    Where there is less criticism than requests, it begins again.
    """
    return [{name: tuple(_only(given, number)) for name, given in gradients.items()} for number in range(n)]


def _only(gradients: Sequence[Gradient], number: int) -> Sequence[Gradient]:
    critical = [gradient for gradient in gradients if not gradient.is_keep]
    chosen = critical[number % len(critical)] if critical else None
    return [gradient for gradient in gradients if gradient.is_keep or gradient is chosen]
