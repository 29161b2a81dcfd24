"""Tests of textgrad_lite.training.objective, and of training by a loss in words."""

from __future__ import annotations

import pytest

from textgrad_lite.data import Dataset, Example
from textgrad_lite.engines import Completion, Engine, Request, use_engine
from textgrad_lite.functions import PromptModel
from textgrad_lite.graph import Variable
from textgrad_lite.losses import MetricLoss, TextLoss
from textgrad_lite.metrics import get_metric
from textgrad_lite.testing import ScriptedEngine, SimulatedTask
from textgrad_lite.training import Trainer, events
from textgrad_lite.training.objective import find_objective

ENGINE = ScriptedEngine(name="scripted")


def test_a_metric_needs_no_loss() -> None:
    for given in ("exact", get_metric("exact"), MetricLoss("exact")):
        objective = find_objective(given, None, None)
        assert (objective.metric.name, objective.loss, objective.name) == ("exact", None, "")


def test_a_loss_in_words_is_graded_by_a_judge_with_its_instruction() -> None:
    loss = TextLoss("Find the mistakes.", ENGINE)
    objective = find_objective(loss, None, None)
    assert "Find the mistakes." in objective.metric.description
    assert objective.loss is not None
    assert objective.name.startswith("TextLoss ")
    assert objective.name.endswith(" by scripted")
    assert find_objective(TextLoss("Find more.", ENGINE), None, None).name != objective.name
    with use_engine(ENGINE):
        assert find_objective(TextLoss("Find the mistakes."), None, None).metric.name == "text loss"


def test_a_loss_may_stand_beside_a_metric() -> None:
    def words(output: Variable, _example: Example) -> Variable:
        return output

    objective = find_objective("exact", words, None)
    assert objective.metric.name == "exact"
    assert objective.loss is words
    assert objective.name.endswith("words")


class Polite(Engine):
    """A student that is polite where it is told to be, and a critic that notices."""

    name = "polite"

    def __init__(self) -> None:
        self.purposes: list[str] = []

    async def complete(self, request: Request) -> Completion:
        self.purposes.append(request.purpose)
        text = "\n".join(message.text for message in request.messages)
        if request.purpose == "forward":
            asked = request.messages[-1].text
            return Completion(text=f"Please: {asked}" if "politely" in text else f"Here: {asked}")
        if request.purpose == "judge":
            return Completion(text=f"<reason>-</reason><grade>{9 if 'Please' in text else 2}</grade>")
        if request.purpose == "optimizer":
            assert "It is rude" in text
            return Completion(text="<new_text>\nAnswer politely.\n</new_text>")
        return Completion(text="It is rude; ask for politeness.")


@pytest.mark.parametrize("is_beside_a_metric", [True, False])
def test_a_module_is_trained_by_a_loss_in_words(*, is_beside_a_metric: bool) -> None:
    engine = Polite()
    data = [
        Dataset(Example(id=f"{name}{n}", input=f"Bring me {name} {n}.") for n in range(4))
        for name in ("tea", "cake", "jam")
    ]
    loss = TextLoss("Say whether this is polite.", engine)
    seen: list[events.Event] = []
    options = {"engine": engine, "steps": 1, "batch_size": 4, "callbacks": [seen.append]}
    model = PromptModel("Answer.", engine)
    if is_beside_a_metric:
        trainer = Trainer(model, lambda output: "Please" in output, loss=loss, **options)  # type: ignore[arg-type]
    else:
        trainer = Trainer(model, loss, **options)  # type: ignore[arg-type]
    estimate = trainer.estimate(*data)
    result = trainer.fit(*data)
    assert result.validation_after is not None
    assert result.validation_after.value > 0.8
    assert engine.purposes.count("loss") == 4
    gathered = next(event for event in seen if isinstance(event, events.CriticismGathered))
    assert {record.text for record in gathered.gradients} == {"It is rude; ask for politeness."}
    assert len(engine.purposes) <= estimate.calls


def test_a_loss_is_part_of_what_a_run_follows_from() -> None:
    task = SimulatedTask(0)
    splits = task.splits()
    names = []
    for words in (None, TextLoss("Find the mistakes.", task.engine)):
        seen: list[events.Event] = []
        trainer = Trainer(
            PromptModel(task.prompt, task.engine),
            task.metric,
            loss=words,
            engine=task.engine,
            steps=0,
            callbacks=[seen.append],
        )
        trainer.fit(splits.train, splits.val)
        started = next(event for event in seen if isinstance(event, events.RunStarted))
        names.append(started.fingerprint.settings["loss"])
    assert names[0] != names[1]
