"""Where candidates come from unless the user says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from textgrad_lite.engines import Engine
from textgrad_lite.optimizers.sources import (
    ComposedStrategySource,
    GradientSource,
    ProposalSource,
    StrategySource,
    WorkedExampleSource,
)


def default_sources(engine: Engine | None, wishes: Sequence[str] = ()) -> tuple[ProposalSource, ...]:
    """Four sources, since a weak optimizer is the common case and none of them can be relied on alone.

    Args:
        engine: Who rewrites; the backward engine of the context where it is None.
        wishes: Conditions in words.
    """
    return (
        ComposedStrategySource(),
        WorkedExampleSource(),
        GradientSource(engine, constraints=tuple(wishes)),
        StrategySource(engine, constraints=tuple(wishes)),
    )
