"""Tests of textgrad_lite.training.callbacks."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest

from tests.training.doubles import make_model
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import Callback, Trainer, events


def kinds_of_events() -> list[type[events.Event]]:
    return [kind for kind in events.Event.__subclasses__() if kind.__module__ == events.__name__]


@pytest.mark.parametrize("kind", kinds_of_events(), ids=lambda kind: kind.__name__)
def test_every_event_has_a_method_that_takes_it(kind: type[events.Event]) -> None:
    name = kind.model_fields["type"].default
    method = getattr(Callback, f"on_{name}")
    assert get_type_hints(method)["event"] is kind


class Frame(Callback):
    """Notes when it is called, and stops the search after a step."""

    def __init__(self, *, error: Exception | None = None) -> None:
        self.seen: list[str] = []
        self.trainer: Any = None
        self.error = error

    def on_fit_start(self, trainer: Any) -> None:
        self.trainer = trainer
        self.seen.append(f"start with {trainer.session.ledger.total().calls} calls")

    def on_step_finished(self, event: events.StepFinished) -> None:
        self.seen.append(f"step {event.step}")
        if self.error is not None:
            raise self.error
        self.trainer.request_stop()

    def on_exception(self, trainer: Any, error: BaseException) -> None:
        self.seen.append(f"{error!r} with {trainer.result.steps} step")

    def on_fit_end(self, trainer: Any) -> None:
        self.seen.append(f"end with {trainer.result.stop_reason}")


def fit(*callbacks: Any) -> Trainer:
    task = SimulatedTask(0, noise=0.3)
    splits = task.splits()
    trainer = Trainer(make_model(task), task.metric, engine=task.engine, steps=9, callbacks=callbacks)
    trainer.fit(splits.train, splits.val, splits.test)
    return trainer


def test_a_callback_frames_a_fit_and_can_ask_for_its_end() -> None:
    frame = Frame()
    trainer = fit(frame)
    assert frame.seen == ["start with 0 calls", "step 1", "end with requested"]
    assert trainer.result is not None
    assert trainer.result.verdict is not None


def test_a_callback_is_told_of_an_error() -> None:
    frame = Frame(error=RuntimeError("enough"))
    with pytest.raises(RuntimeError, match="enough"):
        fit(frame)
    assert frame.seen == ["start with 0 calls", "step 1", "RuntimeError('enough') with 1 step"]


def test_the_end_can_be_asked_for_before_the_first_step() -> None:
    class Early(Callback):
        trainer: Any = None

        def on_fit_start(self, trainer: Any) -> None:
            self.trainer = trainer

        def on_run_started(self, event: events.RunStarted) -> None:
            assert event.fingerprint.text
            self.trainer.request_stop()

    result = fit(Early()).result
    assert result is not None
    assert (result.stop_reason, result.steps) == ("requested", 0)
