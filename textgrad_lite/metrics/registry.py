"""Metrics by the names that configs and the command line use."""

from __future__ import annotations

from collections.abc import Callable

from textgrad_lite.engines.engine import Engine
from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.metrics.choice import Choice
from textgrad_lite.metrics.json_match import Json
from textgrad_lite.metrics.judge import Judge
from textgrad_lite.metrics.label import Label
from textgrad_lite.metrics.metric import Metric
from textgrad_lite.metrics.numeric import Numeric
from textgrad_lite.metrics.sequence import Brackets, Words
from textgrad_lite.metrics.text import Contains, Exact, Regex
from textgrad_lite.metrics.typed import Typed
from textgrad_lite.metrics.user import load_metric

_PLAIN: dict[str, Callable[[], Metric]] = {
    "exact": Exact,
    "numeric": Numeric,
    "contains": Contains,
    "choice": Choice,
    "words": Words,
    "brackets": Brackets,
    "typed": Typed,
    "json": Json,
}
_WITH_ARGUMENT: dict[str, Callable[[str], Metric]] = {"label": Label, "regex": Regex}
METRIC_NAMES = (*_PLAIN, "label:A|B", "regex:PATTERN", "judge:RUBRIC_FILE", "python:FILE.py:FUNCTION")
"""Every form of name that :func:`get_metric` accepts."""


def get_metric(name: str, *, engine: Engine | None = None) -> Metric:
    """Makes a metric by its name.

    Args:
        name: One of :data:`METRIC_NAMES`.
        engine: The model that judges; only ``judge:`` needs it.

    Raises:
        UnknownNameError: If no metric has this name.
        ConfigurationError: If what follows the colon cannot be used.
    """
    kind, _, rest = name.partition(":")
    if name in _PLAIN:
        return _PLAIN[name]()
    if kind not in {*_WITH_ARGUMENT, "judge", "python"}:
        raise UnknownNameError("metric", name, METRIC_NAMES)
    if not rest:
        raise ConfigurationError(
            f"the metric {name!r} is incomplete", hint=f"Known: {', '.join(METRIC_NAMES)}."
        )
    if kind in _WITH_ARGUMENT:
        return _WITH_ARGUMENT[kind](rest)
    if kind == "python":
        return load_metric(rest)
    if engine is None:
        raise ConfigurationError("the metric judge: needs an engine to judge with")
    return Judge.from_file(rest, engine)


def needs_target(name: str) -> bool:
    """Whether a metric cannot score an answer to an example without a target.

    Args:
        name: One of :data:`METRIC_NAMES`.
    """
    return (name in _PLAIN and name != "json") or name.startswith("label:")
