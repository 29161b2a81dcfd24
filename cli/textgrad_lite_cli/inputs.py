"""From what the user named to what the library takes: prompt and data, read and checked before any call."""

from __future__ import annotations

from pathlib import Path

from textgrad_lite.data import Dataset
from textgrad_lite.metrics import needs_target
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite_cli.console import warn
from textgrad_lite_cli.settings import Settings


def read_dataset(path: Path, prompt: str, settings: Settings) -> Dataset:
    """Return the examples of a data file, fit for the placeholders of ``prompt``; warnings are printed.

    Raises:
        DataError: Every bad line, or why the file cannot be used.
        PlaceholderError: If the prompt is no template.
    """
    dataset = Dataset.from_file(
        path,
        input_field=settings.input_field,
        target_field=settings.target_field,
        placeholders=PromptTemplate.parse(prompt).placeholders,
        needs_target=needs_target(settings.metric),
    )
    for warning in dataset.warnings:
        warn(f"{path}: {warning}")
    return dataset
