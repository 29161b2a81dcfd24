"""What doubts the answer to one question of a task, without knowing the right one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textgrad_lite.data import Example
from textgrad_lite.engines import Engine
from textgrad_lite.graph import Image, Variable
from textgrad_lite.losses import ImageQALoss, MultiChoiceTestTime, SelfCritic
from textgrad_lite.tasks.task import Task

Objective = Callable[[Variable], Variable]
"""Says what is wrong with an answer: a loss of one question."""

CHOICE_INSTRUCTION = (
    "Doubt this answer to a multiple-choice question. Go through its steps, check the facts and the "
    "arithmetic, and say for each option that it rules out whether the reason holds. Look for another option "
    "that could be true."
)
IMAGE_INSTRUCTION = (
    "Doubt this answer to a question about an image. Check whether it has read the image rightly, and "
    "whether each of its steps follows. Do not solve the question."
)


def make_objective(task: Task, example: Example, critic: Engine) -> Objective:
    """The loss of a question: one that sees its image, one for lettered options, or the general critic.

    Args:
        task: The task that the question is of.
        example: The question.
        critic: The model that doubts.

    Raises:
        GraphError: If an image cannot be read.
    """
    for name in task.image_fields:
        image = Variable(Image.load(example.fields[name]), role_description="image", requires_grad=False)
        question = Variable(example.input, role_description="question", requires_grad=False)
        return partial(ImageQALoss(IMAGE_INSTRUCTION, critic), image, question)
    if task.metric == "choice":
        return partial(MultiChoiceTestTime(CHOICE_INSTRUCTION, critic), example.input)
    return partial(SelfCritic(engine=critic), example.input)


def self_critic(question: str, critic: Engine) -> Objective:
    """The loss of any question: the general critic."""
    return partial(SelfCritic(engine=critic), question)
