"""What says what is wrong with the end of a graph: in words by a model, or by a program."""

from textgrad_lite.losses.field_losses import (
    ImageQALoss,
    MultiChoiceTestTime,
    MultiFieldEvaluation,
    MultiFieldTokenParsedEvaluation,
    SelfCritic,
)
from textgrad_lite.losses.metric_loss import MetricLoss, metric_result_of
from textgrad_lite.losses.preference_loss import PreferenceLoss
from textgrad_lite.losses.text_loss import TextLoss

__all__ = [
    "ImageQALoss",
    "MetricLoss",
    "MultiChoiceTestTime",
    "MultiFieldEvaluation",
    "MultiFieldTokenParsedEvaluation",
    "PreferenceLoss",
    "SelfCritic",
    "TextLoss",
    "metric_result_of",
]
