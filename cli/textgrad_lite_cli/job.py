"""One piece of work: which prompt, which data, which settings; and the library's objects made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from textgrad_lite.data import Dataset, Splits
from textgrad_lite.engines import Budget, Engine
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.metrics import Metric, get_metric
from textgrad_lite.optimizers.constraints import Constraint, KeepsPlaceholders, MaxLength
from textgrad_lite.optimizers.sources import ProposalSource
from textgrad_lite.training import Probe, RunFolder, Trainer
from textgrad_lite.training.default_sources import make_sources
from textgrad_lite.training.stopping import NoImprovement, Stop
from textgrad_lite.training.strategies import get_strategy
from textgrad_lite_cli.console import warn
from textgrad_lite_cli.engine_choice import Engines, open_engines, open_sampler
from textgrad_lite_cli.inputs import read_dataset, split
from textgrad_lite_cli.progress import Lines
from textgrad_lite_cli.prompt_file import read_prompt
from textgrad_lite_cli.settings import Settings

LIMITS = ("max_calls", "max_tokens", "max_usd", "max_seconds")
"""Settings that may be raised when a run is resumed."""

_NAMING_FILES = ("model", "optimizer_model", "metric")
"""Settings that may name a file of the user's."""


@dataclass(frozen=True)
class Job:
    """What a command works on. Everything that can be wrong with it shows while its parts are made.

    Attributes:
        prompt_file: The prompt.
        data_file: The examples.
        settings: Everything else.
    """

    prompt_file: Path
    data_file: Path
    settings: Settings

    @classmethod
    def from_config(cls, config: Mapping[str, Any], limits: Mapping[str, Any]) -> Job:
        """Return the job of an earlier run, with other limits where some are given.

        Raises:
            ConfigurationError: If the run was not made by this program.
        """
        try:
            settings = Settings.model_validate({**config["settings"], **config["budget"], **limits})
            return cls(Path(config["prompt_file"]), Path(config["data_file"]), settings)
        except (KeyError, ValueError) as error:
            raise ConfigurationError(
                "this run was not made by `textgrad-lite optimize`, or by another version of it",
                hint="Continue it with the program that made it.",
            ) from error

    def to_config(self) -> dict[str, Any]:
        """Return what a run folder has to know in order to resume."""
        settings = self.settings.model_dump(mode="json", exclude={"out"})
        for name in _NAMING_FILES:
            settings[name] = settings[name] and _as_absolute(settings[name])
        return {
            "prompt_file": str(self.prompt_file.resolve()),
            "data_file": str(self.data_file.resolve()),
            "settings": {name: value for name, value in settings.items() if name not in LIMITS},
            "budget": {name: settings[name] for name in LIMITS},
        }

    @cached_property
    def prompt(self) -> str:
        """The text of the prompt file."""
        return read_prompt(self.prompt_file)

    @cached_property
    def dataset(self) -> Dataset:
        """All examples."""
        return read_dataset(self.data_file, self.prompt, self.settings)

    @cached_property
    def splits(self) -> Splits:
        """The examples, divided as the settings say; warnings are printed."""
        splits = split(self.dataset, self.settings)
        for warning in splits.warnings:
            warn(warning)
        return splits

    @cached_property
    def engines(self) -> Engines:
        """The models."""
        return open_engines(self.settings)

    @cached_property
    def metric(self) -> Metric:
        """How an answer is scored."""
        return get_metric(self.settings.metric, engine=self.engines.optimizer)

    @cached_property
    def model(self) -> PromptModel:
        """The prompt as a module."""
        return self._make_model(self.engines.student)

    @property
    def probe(self) -> Probe:
        """How failing examples are drawn again: by the same model, at a temperature if it knows one."""
        sampler = open_sampler(self.settings)
        return Probe(
            examples=self.settings.headroom, module=None if sampler is None else self._make_model(sampler)
        )

    def _make_model(self, engine: Engine) -> PromptModel:
        return PromptModel(
            self.prompt,
            engine,
            examples=ExampleSlot(),
            image_fields=self.settings.image_field,
        )

    @cached_property
    def budget(self) -> Budget:
        """The limits on everything together."""
        settings = self.settings
        return Budget(
            calls=settings.max_calls,
            tokens=settings.max_tokens,
            usd=settings.max_usd,
            seconds=settings.max_seconds,
        )

    def make_trainer(self, *, callbacks: Sequence[Lines] = (), run: RunFolder | None = None) -> Trainer:
        """Return the trainer of this job; nothing is asked yet."""
        settings = self.settings
        return Trainer(
            self.model,
            self.metric,
            engine=self.engines.optimizer,
            constraints=self._make_constraints(),
            sources=self._make_sources(),
            strategy=get_strategy(settings.strategy),
            wishes=settings.constraint,
            steps=settings.steps,
            patience=settings.patience,
            target=settings.target,
            stop=self._make_stop(),
            batch_size=settings.batch_size,
            accumulate=settings.accumulate,
            protected=settings.protect,
            edit_size=settings.edit_size,
            repeats=settings.repeats,
            max_error_rate=settings.max_error_rate,
            seed=settings.seed,
            budget=self.budget,
            callbacks=callbacks,
            run=run,
            probe=self.probe if settings.headroom else None,
        )

    def _make_stop(self) -> Stop | None:
        least, patience = self.settings.min_gain, self.settings.patience
        if least is None:
            return None
        return NoImprovement(least=least) if patience is None else NoImprovement(least=least, steps=patience)

    def _make_sources(self) -> tuple[ProposalSource, ...]:
        settings = self.settings
        names = settings.source or get_strategy(settings.strategy).source_names
        return make_sources(names, self.engines.optimizer, settings.constraint, momentum=settings.momentum)

    def _make_constraints(self) -> list[Constraint]:
        longest = self.settings.max_length
        return [KeepsPlaceholders(), *([MaxLength(characters=longest)] if longest else [])]


def _as_absolute(name: str) -> str:
    """Return a name with the full path of the file in it, if any: a run is resumed from anywhere."""
    kind, _, place = name.partition(":")
    return f"{kind}:{Path(place).absolute()}" if kind in ("python", "judge") and place else name
