"""What a program is trained for: a metric that decides, and perhaps a loss that says what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textgrad_lite.data import Example
from textgrad_lite.engines import Engine, get_backward_engine
from textgrad_lite.graph import Variable
from textgrad_lite.losses import MetricLoss, TextLoss
from textgrad_lite.metrics import Metric
from textgrad_lite.metrics.judge import Judge
from textgrad_lite.training.criticism import Loss
from textgrad_lite.training.measurement import MetricLike, find_metric

LossLike = TextLoss | MetricLoss | Callable[[Variable, Example], Variable]
"""A loss of the library, or a function of an output and its example that gives the loss."""


@dataclass(frozen=True)
class Objective:
    """What a program is trained for.

    Attributes:
        metric: Scores outputs, and so decides.
        loss: Says what is wrong with a failing output, in place of the metric's own feedback; or None.
        name: Tells the loss from others, for resuming; an empty text where there is none.
    """

    metric: Metric
    loss: Loss | None = None
    name: str = ""


def find_objective(
    loss_or_metric: MetricLike | TextLoss | MetricLoss, loss: LossLike | None, engine: Engine | None
) -> Objective:
    """The objective from what the user has at hand.

    A :class:`TextLoss` alone gives no number to choose by, so a judge grades by its instruction as well.

    Args:
        loss_or_metric: A metric, its name, a function that scores an output, or a loss.
        loss: A loss besides a metric.
        engine: Who judges where nobody else is named; the backward engine of the context where it is None.
    """
    if isinstance(loss_or_metric, MetricLoss):
        loss_or_metric = loss_or_metric.metric
    if not isinstance(loss_or_metric, TextLoss):
        return Objective(find_metric(loss_or_metric, engine), _as_loss(loss), _name_of(loss))
    judge = loss_or_metric.engine or engine or get_backward_engine()
    words = loss_or_metric if loss is None else loss
    return Objective(
        Judge(str(loss_or_metric.system_prompt.value), judge, name="text loss"),
        _as_loss(words),
        _name_of(words),
    )


def _as_loss(loss: LossLike | None) -> Loss | None:
    if isinstance(loss, TextLoss):
        return lambda output, _example: loss(output)
    return loss


def _name_of(loss: Any) -> str:
    if loss is None:
        return ""
    if isinstance(loss, TextLoss):
        digest = hashlib.sha256(str(loss.system_prompt.value).encode()).hexdigest()[:16]
        return f"TextLoss {digest}{f' by {loss.engine.name}' if loss.engine else ''}"
    return str(getattr(loss, "__qualname__", type(loss).__name__))
