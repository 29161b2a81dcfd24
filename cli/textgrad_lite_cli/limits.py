"""Limits that cannot be kept, or that leave no room to search, told in the words of the command line.

They are looked for before a run folder is made, so that the corrected command finds none in its way.
"""

from __future__ import annotations

from collections.abc import Iterator

from textgrad_lite.engines import Engine, pricing_of
from textgrad_lite.errors import ConfigurationError
from textgrad_lite_cli.console import warn
from textgrad_lite_cli.engine_choice import Engines
from textgrad_lite_cli.estimate import PricedEstimate
from textgrad_lite_cli.settings import Settings


def check_limits(settings: Settings, engines: Engines) -> None:
    """Refuse a limit on tokens or money that nothing can be counted against.

    Raises:
        ConfigurationError: There is no cap on answers, or no price; names the option that gives it.
    """
    if settings.max_usd is None and settings.max_tokens is None:
        return
    if settings.max_output_tokens is None:
        limit = "--max-tokens" if settings.max_usd is None else "--max-usd"
        raise ConfigurationError(
            f"{limit} needs a cap on the length of answers",
            hint="Give one, such as --max-output-tokens 2000.",
        )
    for option, engine in _find_unpriced(engines) if settings.max_usd is not None else ():
        raise ConfigurationError(
            f"--max-usd needs a price, and none is known for {engine.name}",
            hint=f"Give dollars per million tokens in and out: {option} 0.25/2, or {option} 0/0 if free.",
        )


def check_room(settings: Settings, estimate: PricedEstimate) -> None:
    """Refuse a limit on calls that does not suffice for the measurement; warn of one that may allow no step.

    Raises:
        ConfigurationError: Not even the start and the end can be measured.
    """
    if settings.max_calls is None:
        return
    measurement = estimate.count_calls("baseline", "verdict")
    step = -(-estimate.count_calls("search") // settings.steps)
    if settings.max_calls < measurement:
        raise ConfigurationError(
            f"--max-calls {settings.max_calls} does not suffice for the measurement: {measurement} calls",
            hint=f"Raise it, or use fewer examples (--val, --test). A step takes up to {step} calls more.",
        )
    if settings.max_calls < measurement + step:
        warn(
            f"--max-calls {settings.max_calls} may allow no step: the measurement takes {measurement} calls, "
            f"and a step up to {step}"
        )


def costs_money(engines: Engines) -> bool:
    """Return whether a call to one of the models has a price above zero."""
    pricings = [pricing_of(engine) for engine in (engines.student, engines.optimizer)]
    return any(pricing is not None and (pricing.most(1, 1) or 0) > 0 for pricing in pricings)


def _find_unpriced(engines: Engines) -> Iterator[tuple[str, Engine]]:
    for option, engine in (("--price", engines.student), ("--optimizer-price", engines.optimizer)):
        pricing = pricing_of(engine)
        if pricing is None or pricing.most(1, 1) is None:
            yield option, engine
