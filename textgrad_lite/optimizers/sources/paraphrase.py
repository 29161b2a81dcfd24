"""Proposals that say the same in other words, as ProTeGi makes around each edit (arXiv 2305.03495)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textgrad_lite.optimizers.sources.context import ProposalContext
from textgrad_lite.optimizers.sources.variation import VariationSource
from textgrad_lite.prompts.rewrite import RewriteTask, Template


@dataclass
class ParaphraseSource(VariationSource):
    """Rewords another's candidate without changing what it asks for."""

    refines: ClassVar[bool] = True
    template: ClassVar[Template] = "rewrite_paraphrase"
    verb: ClassVar[str] = "reworded"
    name: str = "paraphrases"

    def fill(self, task: RewriteTask, _context: ProposalContext, _name: str, _turn: int) -> RewriteTask:
        """The text itself is all that there is to show."""
        return task
