"""What says what is wrong with the end of a graph: in words by a model, or by a program."""

from textgrad_lite.losses.field_losses import (
    ImageQALoss,
    MultiChoiceTestTime,
    MultiFieldEvaluation,
    MultiFieldTokenParsedEvaluation,
)
from textgrad_lite.losses.metric_loss import MetricLoss, metric_result_of
from textgrad_lite.losses.text_loss import TextLoss

__all__ = [
    "ImageQALoss",
    "MetricLoss",
    "MultiChoiceTestTime",
    "MultiFieldEvaluation",
    "MultiFieldTokenParsedEvaluation",
    "TextLoss",
    "metric_result_of",
]
