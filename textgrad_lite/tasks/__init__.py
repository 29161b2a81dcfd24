"""Named problems: their examples, their prompts and how an answer to them is scored."""

from textgrad_lite.tasks.choices import ChoiceQuestion
from textgrad_lite.tasks.instances import Instances, load_instance_task
from textgrad_lite.tasks.registry import find_task, list_tasks, load_task, register_task
from textgrad_lite.tasks.task import LoadedTask, Parts, Task, Wanted
from textgrad_lite.tasks.test_time import Refinement, Vote, VoteComparison, compare_votes, refine, vote
from textgrad_lite.tasks.textgrad_form import DataLoader, Pairs, TaskScore

__all__ = [
    "ChoiceQuestion",
    "DataLoader",
    "Instances",
    "LoadedTask",
    "Pairs",
    "Parts",
    "Refinement",
    "Task",
    "TaskScore",
    "Vote",
    "VoteComparison",
    "Wanted",
    "compare_votes",
    "find_task",
    "list_tasks",
    "load_instance_task",
    "load_task",
    "refine",
    "register_task",
    "vote",
]
