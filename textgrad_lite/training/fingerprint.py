"""What a run follows from, and the difference that forbids resuming it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from textgrad_lite.data import Dataset
from textgrad_lite.engines import Engine
from textgrad_lite.errors import RunChangedError
from textgrad_lite.functions import Module
from textgrad_lite.training.events import Fingerprint
from textgrad_lite.training.files import make_diff


def digest_of(dataset: Dataset | None) -> str:
    """Number and digest of the examples of a split, as one text."""
    return "none" if dataset is None else f"{len(dataset)} examples, sha256 {dataset.digest[:16]}"


def find_engines(module: Module) -> list[Engine]:
    """The engines in the attributes ``engine`` of a module and of the modules in it."""
    own = getattr(module, "engine", None)
    found = [own] if isinstance(own, Engine) else []
    parts = (part for part in vars(module).values() if isinstance(part, Module))
    return [*found, *(engine for part in parts for engine in find_engines(part))]


def refuse_changes(earlier: Fingerprint, now: Fingerprint) -> None:
    """Makes sure that a run is resumed with what it began with.

    Raises:
        RunChangedError: If prompt, data or settings differ; the message shows the difference.
    """
    changes = list(_changes(earlier, now))
    if changes:
        raise RunChangedError(
            "the run cannot be resumed, because it began with something else:\n" + "\n".join(changes),
            hint="Undo the change, or start a new run in another folder.",
        )


def _changes(earlier: Fingerprint, now: Fingerprint) -> Iterator[str]:
    if earlier.text != now.text:
        yield make_diff(earlier.text, now.text).rstrip()
    elif earlier.state != now.state:
        yield from _differences("parameter", earlier.state, now.state)
    yield from _differences("data", earlier.data, now.data)
    yield from _differences("setting", earlier.settings, now.settings)


def _differences(kind: str, earlier: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*earlier, *now]):
        if earlier.get(name) != now.get(name):
            yield f"  {kind} {name}: {earlier.get(name)!r} → {now.get(name)!r}"
