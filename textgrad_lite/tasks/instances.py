"""Tasks whose answers are optimised one by one, in the form that programs written for textgrad expect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from textgrad_lite import runtime
from textgrad_lite.data import Example
from textgrad_lite.engines import Engine, as_engine, get_backward_engine
from textgrad_lite.graph import Variable
from textgrad_lite.tasks.registry import load_task
from textgrad_lite.tasks.task import LoadedTask
from textgrad_lite.tasks.test_time.objectives import Objective, make_objective

Instance = tuple[str, str, Objective, Callable[[Variable], float]]
"""A question, the right answer, the loss of an answer, and what scores one."""


class Instances(Sequence[Instance]):
    """The test questions of a task; each of them a problem of its own.

    Args:
        task: The task.
        critic: The model that doubts answers.
    """

    def __init__(self, task: LoadedTask, critic: Engine) -> None:
        self.task = task
        self._critic = critic

    def get_task_description(self) -> str:
        """The prompt to start from."""
        return self.task.prompt

    def __len__(self) -> int:
        return len(self.task.test)

    @overload
    def __getitem__(self, index: int) -> Instance: ...
    @overload
    def __getitem__(self, index: slice) -> list[Instance]: ...
    def __getitem__(self, index: int | slice) -> Instance | list[Instance]:
        if isinstance(index, slice):
            return [self._instance(example) for example in self.task.test[index]]
        return self._instance(self.task.test[index])

    def _instance(self, example: Example) -> Instance:
        def score(response: Variable) -> float:
            return runtime.run(self.task.metric.score(example, response.text)).score

        objective = make_objective(self.task.task, example, self._critic)
        return example.input, example.target or "", objective, score


def load_instance_task(
    name: str, evaluation_api: Engine | str | object | None = None, **options: Any
) -> Instances:
    """Gets the test questions of a task, each with its loss and what scores an answer to it.

    The answers are doubted by losses that do not see the right one; the prompts are our own.

    Args:
        name: As for ``load_task``; names of textgrad will do (``MMLU_machine_learning``, ``GPQA_diamond``).
        evaluation_api: The model that doubts, or its name; the backward engine if None.
        **options: Those of ``load_task``, such as ``path``.

    Raises:
        UnknownNameError: If there is no such task.
        DataError: If the examples cannot be had, or are not of the task's form.
    """
    critic = as_engine(evaluation_api if evaluation_api is not None else get_backward_engine())
    return Instances(load_task(name, critic, **options), critic)
