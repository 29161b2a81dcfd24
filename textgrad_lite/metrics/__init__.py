"""Scores that come with feedback: a number for selection and a sentence for criticism."""

from textgrad_lite.metrics.metric import Metric, MetricResult
from textgrad_lite.metrics.preference import PairwiseJudge, Preference, PreferredTo
from textgrad_lite.metrics.ranking import Ranker, Ranking, bradley_terry
from textgrad_lite.metrics.registry import METRIC_NAMES, get_metric, needs_target
from textgrad_lite.metrics.user import as_metric
from textgrad_lite.metrics.user_file import load_object

__all__ = [
    "METRIC_NAMES",
    "Metric",
    "MetricResult",
    "PairwiseJudge",
    "Preference",
    "PreferredTo",
    "Ranker",
    "Ranking",
    "as_metric",
    "bradley_terry",
    "get_metric",
    "load_object",
    "needs_target",
]
