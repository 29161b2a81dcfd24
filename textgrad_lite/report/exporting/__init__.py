"""Exports: the prompt that a run kept, in the formats of other tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textgrad_lite.errors import UnknownNameError
from textgrad_lite.report.exporting.langfuse import to_langfuse
from textgrad_lite.report.exporting.plain import to_json, to_python, to_text
from textgrad_lite.report.exporting.prompt import Prompt
from textgrad_lite.report.exporting.prompt_yml import to_prompt_yml
from textgrad_lite.report.exporting.promptfoo import to_promptfoo

FORMATS: Mapping[str, Callable[[Prompt], str]] = {
    "txt": to_text,
    "json": to_json,
    "python": to_python,
    "prompt.yml": to_prompt_yml,
    "langfuse": to_langfuse,
    "promptfoo": to_promptfoo,
}
"""What writes each format, by its name."""


def export_prompt(prompt: Prompt, format: str) -> str:  # noqa: A002 - the name of the option
    """Returns a prompt in a format.

    Raises:
        UnknownNameError: If there is no such format.
        PromptError: If the format cannot say what the prompt says.
    """
    if format not in FORMATS:
        raise UnknownNameError("format", format, FORMATS)
    return FORMATS[format](prompt)


__all__ = ["FORMATS", "Prompt", "export_prompt"]
