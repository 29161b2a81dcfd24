"""A loss that is a comparison: is this answer better than another one, and if not, why?"""

from __future__ import annotations

from textgrad_lite.data import Example
from textgrad_lite.engines import Engine, as_engine, get_backward_engine
from textgrad_lite.functions.module import Module
from textgrad_lite.graph import Variable
from textgrad_lite.losses.metric_loss import MetricLoss
from textgrad_lite.metrics.preference import RIVAL, PairwiseJudge, PreferredTo


class PreferenceLoss(Module):
    """Compares an answer with a rival, side by side and in both orders.

    Backward asks no model: the judge's reasons are the criticism.

    Args:
        rubric: What makes an answer good.
        engine: The judge, or its name; default: the backward engine at the time of the call.
    """

    def __init__(self, rubric: str, engine: Engine | str | object | None = None) -> None:
        self.rubric = rubric
        self.engine = None if engine is None else as_engine(engine)

    def forward(self, question: Variable | str, prediction: Variable, rival: Variable | str) -> Variable:
        """Compare; the judgement is pending.

        Args:
            question: What was asked. Its value has to be there.
            prediction: The answer that is criticised.
            rival: The answer that it is compared with. Its value has to be there.
        """
        judge = PairwiseJudge(self.rubric, self.engine or as_engine(get_backward_engine()))
        example = Example(id="compared", input=_text_of(question), fields={RIVAL: _text_of(rival)})
        return MetricLoss(PreferredTo(judge))(prediction, example)


def _text_of(given: Variable | str) -> str:
    return given if isinstance(given, str) else given.text
