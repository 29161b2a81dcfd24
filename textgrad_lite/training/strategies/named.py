"""Strategies by name, with their settings in one text: ``beam``, or ``beam:width=3,selection=ucb``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.training.strategies.beam import Beam
from textgrad_lite.training.strategies.demonstrations import Demonstrations
from textgrad_lite.training.strategies.evolutionary import Evolutionary
from textgrad_lite.training.strategies.greedy import Greedy
from textgrad_lite.training.strategies.halving import Halving
from textgrad_lite.training.strategies.opro import Opro
from textgrad_lite.training.strategies.pareto import Pareto
from textgrad_lite.training.strategies.racing import Racing

STRATEGIES: Mapping[str, type[Racing]] = {
    kind.name: kind for kind in (Greedy, Halving, Beam, Pareto, Opro, Evolutionary, Demonstrations)
}
"""All strategies by name."""


_IN_PYTHON = ("batch_blocks", "validation_blocks")
"""Lists of shares, which do not fit into one text."""


def get_strategy(text: str) -> Racing:
    """Makes a strategy.

    Args:
        text: Its name; after a colon, settings of it, such as ``margin=0.05``, with commas between them.

    Raises:
        UnknownNameError: If there is no such strategy or setting; names the nearest.
        ConfigurationError: If a setting cannot have that value.
    """
    name, _, rest = text.strip().partition(":")
    if name not in STRATEGIES:
        raise UnknownNameError("strategy", name, STRATEGIES)
    kind = STRATEGIES[name]
    known = [
        field.name
        for field in fields(kind)  # without what holds for the class, such as its name
        if not field.name.startswith("_") and field.name not in _IN_PYTHON
    ]
    given = dict(_read(part, name) for part in rest.split(",") if part.strip())
    for key in given:
        if key not in known:
            raise UnknownNameError(f"setting of the strategy {name}:", key, known)
    return _make(kind, given)


def _read(part: str, name: str) -> tuple[str, str]:
    key, equals, value = part.partition("=")
    if not equals:
        raise ConfigurationError(
            f"strategy {name}: {part.strip()!r} is not of the form setting=value",
            hint=f"For example: {name}:margin=0.05",
        )
    return key.strip(), value.strip()


def _make(kind: type[Racing], given: Mapping[str, str]) -> Racing:
    types = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, text in given.items():
        try:
            values[key] = TypeAdapter(types[key]).validate_python(text)
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise ConfigurationError(f"strategy {kind.name}: {key}={text}: {problem}") from error
    return kind(**values)
