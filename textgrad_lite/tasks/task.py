"""What a named problem is: where its examples come from, its starting prompt and how an answer is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from textgrad_lite.data import Dataset, Splits
from textgrad_lite.engines import Engine
from textgrad_lite.errors import DataError
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.metrics import Metric
from textgrad_lite.tasks.files import LocalFile, PublishedFile, obtain
from textgrad_lite.tasks.textgrad_form import Pairs, TaskScore

if TYPE_CHECKING:
    import httpx2

Source = Literal["made", "fetched", "yours"]
"""Where the examples come from: made by seed, one download, or the user's own file."""

Aim = Literal["prompt", "answer", "program"]
"""What is optimised: a prompt over many examples, the answer to a question, or a program for a problem."""


@dataclass(frozen=True)
class Wanted:
    """What the caller of a task asks for.

    Attributes:
        path: The user's own copy of the data.
        seed: Of whatever is random: the order of choices, a split, made-up items.
        cache_dir: Where downloads are kept, if not in the user's cache directory.
        client: What downloads them.
    """

    path: Path | None = None
    seed: int = 0
    cache_dir: Path | None = None
    client: httpx2.Client | None = None

    def obtain(self, published: PublishedFile) -> LocalFile:
        """Gets a published file: the user's copy, or that of the cache, or a download.

        Raises:
            DataError: If it cannot be had, or is another file.
        """
        return obtain(published, path=self.path, folder=self.cache_dir, client=self.client)


@dataclass(frozen=True)
class Parts:
    """The examples of a task.

    Attributes:
        test: What a result is reported on.
        train: To learn from, or None where the problem is to be solved one example at a time.
        val: To choose with, likewise.
        notes: What is to be known of them, such as that a file is unverified.
    """

    test: Dataset
    train: Dataset | None = None
    val: Dataset | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, splits: Splits, notes: Sequence[str] = ()) -> Parts:
        """The parts of a split that has a test set."""
        assert splits.test is not None
        return cls(splits.test, splits.train, splits.val, (*notes, *splits.notes))


@dataclass(frozen=True)
class Task:
    """A named problem.

    Attributes:
        name: How it is called, in lower case.
        title: What it is, in one line.
        prompt: The prompt to start from.
        metric: Name of the metric that scores an answer; empty where a metric has to be given.
        read: Gets the examples.
        aim: What is optimised.
        source: Where the examples come from.
        origin: Who publishes it, under which licence, and where prompt and split come from.
        needs: What the user has to bring along, or an empty text.
        aliases: Other names.
        image_fields: Fields of an example that name an image, which the model is shown.
    """

    name: str
    title: str
    prompt: str
    metric: str
    read: Callable[[Wanted], Parts]
    aim: Aim = "prompt"
    source: Source = "yours"
    origin: str = ""
    needs: str = ""
    aliases: tuple[str, ...] = ()
    image_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadedTask:
    """A task with its examples.

    Unpacked, it is what textgrad's ``load_task`` returns: training, validation and test set as sequences of
    pairs (question, answer), and a function that scores a prediction.

    Attributes:
        task: The task.
        parts: Its examples.
        metric: What scores an answer.
    """

    task: Task
    parts: Parts
    metric: Metric

    @property
    def name(self) -> str:
        """The task's name."""
        return self.task.name

    @property
    def prompt(self) -> str:
        """The prompt to start from."""
        return self.task.prompt

    @property
    def train(self) -> Dataset:
        """What critic and rewriter may read.

        Raises:
            DataError: If the problem is to be solved one example at a time.
        """
        return self._learnt_from(self.parts.train)

    @property
    def val(self) -> Dataset:
        """What chooses between candidates.

        Raises:
            DataError: If the problem is to be solved one example at a time.
        """
        return self._learnt_from(self.parts.val)

    @property
    def test(self) -> Dataset:
        """What a result is reported on."""
        return self.parts.test

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of the examples, such as that a file is unverified."""
        return self.parts.notes

    def make_model(self, engine: Engine | str | object | None = None, **sampling: Any) -> PromptModel:
        """The starting prompt as a module.

        Args:
            engine: As for ``PromptModel``.
            **sampling: As for ``PromptModel``.
        """
        return PromptModel(
            self.prompt, engine, examples=ExampleSlot(), image_fields=self.task.image_fields, **sampling
        )

    def __iter__(self) -> Iterator[Any]:
        for part in (self.train, self.val, self.test):
            yield Pairs(part, self.prompt)
        yield TaskScore(self.metric)

    def _learnt_from(self, part: Dataset | None) -> Dataset:
        if part is None:
            raise DataError(
                f"the task {self.name} has test examples only: its answers are optimised one by one",
                hint="Split them yourself, as in task.test.split(), to train a prompt.",
            )
        return part
