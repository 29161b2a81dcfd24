"""Proposals that go on from past texts with their scores, as OPRO does (arXiv 2309.03409)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from textgrad_lite.optimizers.rewriter import Rewriter
from textgrad_lite.optimizers.sources.context import ProposalContext, SourceResult, Trace
from textgrad_lite.optimizers.sources.model_source import is_context_shown
from textgrad_lite.optimizers.sources.variation import VariationSource
from textgrad_lite.prompts.rewrite import PastVersion, Remark, RewriteTask, Template


@dataclass
class HistorySource(VariationSource):
    """Shows the best past texts in ascending order of their scores, and the examples that most missed.

    Attributes:
        window: How many past texts are shown, the present one among them.
        n_missed: How many missed examples; each draw begins with another one.
        shows_context: Show the missed examples. Default: not to ``local/…`` models, which copy them.
    """

    template: ClassVar[Template] = "rewrite_history"
    verb: ClassVar[str] = "went on to"
    window: int = 8
    n_missed: int = 3
    shows_context: bool | None = None
    name: str = "history"

    async def _propose(self, context: ProposalContext, draw: int, rewriter: Rewriter) -> SourceResult:
        if not is_context_shown(self.shows_context, rewriter):
            context = replace(context, missed=())
        return await super()._propose(context, draw, rewriter)

    def fill(self, task: RewriteTask, context: ProposalContext, name: str, turn: int) -> RewriteTask:
        """Show both lists."""
        first = turn % max(1, len(context.missed))
        missed = (*context.missed[first:], *context.missed[:first])[: self.n_missed]
        return replace(task, past_versions=self._versions(context, name), remarks=tuple(map(_remark, missed)))

    def _versions(self, context: ProposalContext, name: str) -> tuple[PastVersion, ...]:
        best: dict[str, float] = {}
        for state, score in (*context.history, (context.state, 0.0)):
            best[str(state[name])] = max(score, best.get(str(state[name]), 0.0))
        ascending = sorted(best.items(), key=lambda entry: entry[1])
        return tuple(PastVersion(text, score) for text, score in ascending[-self.window :])


def _remark(trace: Trace) -> Remark:
    return Remark(trace.feedback or "This is wrong.", context=f"{trace.input}\n\n{trace.output}".strip())
