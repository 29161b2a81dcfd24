"""The sources of proposals by name, and where candidates come from unless the user says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textgrad_lite.errors import UnknownNameError
from textgrad_lite.optimizers.sources import (
    ComposedStrategySource,
    CrossoverSource,
    GradientSource,
    HistorySource,
    MutationSource,
    OptimizerSource,
    ParaphraseSource,
    ProposalSource,
    StrategySource,
    WorkedExampleSource,
)
from textgrad_lite.optimizers.tgd import TextualGradientDescent

DEFAULT_SOURCES = ("strategies", "worked examples", "gradients", "gradients and strategies")
"""Four, since a weak optimizer is the common case and none of them can be relied on alone."""

_FREE: Mapping[str, Callable[[], ProposalSource]] = {
    "strategies": ComposedStrategySource,
    "worked examples": WorkedExampleSource,
}
_CRITICAL: Mapping[str, Callable[..., GradientSource]] = {
    "gradients": GradientSource,
    "gradients and strategies": StrategySource,
}
_VARYING: Mapping[str, Callable[..., ProposalSource]] = {
    "history": HistorySource,
    "paraphrases": ParaphraseSource,
    "mutations": MutationSource,
    "crossovers": CrossoverSource,
}
SOURCE_NAMES = (*_FREE, *_CRITICAL, *_VARYING)
"""All sources that can be named."""


def make_sources(
    names: Sequence[str],
    engine: object = None,
    wishes: Sequence[str] = (),
    *,
    momentum: int | None = None,
    optimizer: TextualGradientDescent | None = None,
) -> tuple[ProposalSource, ...]:
    """Sources by their names.

    Args:
        names: The names, each of :data:`SOURCE_NAMES`.
        engine: Who is asked; the backward engine of the context where it is None.
        wishes: Conditions in words.
        momentum: How many past texts with their scores are shown beside criticism; None for the source's own.
        optimizer: Takes the place of the source "gradients" with its own way to ask.

    Raises:
        UnknownNameError: If there is no such source; names the nearest.
    """
    asked = {"engine": engine, "constraints": tuple(wishes)}
    window = {} if momentum is None else {"momentum_window": momentum}
    made: list[ProposalSource] = []
    for name in dict.fromkeys(names):
        if name == "gradients" and optimizer is not None:
            made.append(OptimizerSource(constraints=tuple(wishes), optimizer=optimizer))
        elif name in _FREE:
            made.append(_FREE[name]())
        elif name in _CRITICAL:
            made.append(_CRITICAL[name](**asked, **window))
        elif name in _VARYING:
            made.append(_VARYING[name](**asked))
        else:
            raise UnknownNameError("source of proposals", name, SOURCE_NAMES)
    return tuple(made)


def default_sources(engine: object = None, wishes: Sequence[str] = ()) -> tuple[ProposalSource, ...]:
    """The four of :data:`DEFAULT_SOURCES`.

    Args:
        engine: Who rewrites; the backward engine of the context where it is None.
        wishes: Conditions in words.
    """
    return make_sources(DEFAULT_SOURCES, engine, wishes)
