"""From what the user named to what the library takes: prompt and data, read and checked before any call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textgrad_lite.data import Dataset, Splits
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.metrics import needs_target
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite_cli.console import warn
from textgrad_lite_cli.settings import Settings


def read_dataset(path: Path, prompt: str, settings: Settings) -> Dataset:
    """Return the examples of a data file, fit for the placeholders of ``prompt``; warnings are printed.

    Raises:
        DataError: Every bad line, or why the file cannot be used.
        PlaceholderError: If the prompt is no template.
        ConfigurationError: If a setting cannot be used.
    """
    dataset = Dataset.from_file(
        path,
        input_field=settings.input_field,
        target_field=settings.target_field,
        rename=_read_pairs("rename", settings.rename),
        also_used=[name for name in (settings.split_field, *settings.image_field) if name],
        placeholders=PromptTemplate.parse(prompt).placeholders,
        needs_target=needs_target(settings.metric),
    )
    for warning in dataset.warnings:
        warn(f"{path}: {warning}")
    return dataset


def split(dataset: Dataset, settings: Settings) -> Splits:
    """Divide examples by a field, into folds, or by seed; each way in the words of its option.

    Raises:
        ConfigurationError: If the settings do not fit together.
        DataError: If the examples cannot be divided so.
    """
    if settings.split_field is not None:
        return dataset.split_by(settings.split_field)
    if settings.fold is not None:
        number, folds = map(int, settings.fold.split("/"))
        if number > folds:
            raise ConfigurationError(
                f"--fold {settings.fold}: there is no such fold", hint="Write 1/5 to 5/5."
            )
        return dataset.k_fold(folds, seed=settings.seed, stratify=settings.stratify)[number - 1]
    return dataset.split(
        train=_as_share("train", settings.train),
        val=_as_share("val", settings.val),
        test=_as_share("test", settings.test),
        seed=settings.seed,
        stratify=settings.stratify,
    )


def _read_pairs(name: str, texts: Sequence[str]) -> dict[str, str]:
    """Return what several texts OLD=NEW say."""
    pairs = {old.strip(): new.strip() for old, _, new in (text.partition("=") for text in texts)}
    if not all(old and new for old, new in pairs.items()):
        raise ConfigurationError(f"--{name} {' '.join(texts)}: the form is OLD=NEW")
    return pairs


def _as_share(name: str, amount: float) -> float:
    """Return a share as it is, and a count as the whole number that the library tells from a share.

    Raises:
        ConfigurationError: If it is neither.
    """
    if amount > 1 and amount != int(amount):
        raise ConfigurationError(
            f"--{name} {amount}: neither a share nor a count", hint="Give a share below 1 or a whole number."
        )
    return int(amount) if amount >= 1 or amount == 0 else amount
