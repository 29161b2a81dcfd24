"""Formats of our own: the bare text, all that is known as JSON, and a Python module."""

from __future__ import annotations

import json

from textgrad_lite._version import __version__
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.report.exporting.prompt import Prompt

_SYSTEM = '''

def make_messages(input: str) -> list[dict[str, str]]:  # noqa: A002
    """Return the messages for a chat model: the prompt, and one input."""
    return [{"role": "system", "content": PROMPT}, {"role": "user", "content": input}]
'''
_TEMPLATE = '''
_TOKEN = re.compile(r"\\{\\{|\\}\\}|\\{([^\\W\\d]\\w*)\\}")


def make_messages(**fields: str) -> list[dict[str, str]]:
    """Return the messages for a chat model.

    Args:
        **fields: A text for each of FIELDS.

    Raises:
        KeyError: If one is missing.
    """
    content = _TOKEN.sub(lambda token: fields[token[1]] if token[1] else token[0][0], PROMPT)
    return [{"role": "user", "content": content}]
'''


def to_text(prompt: Prompt) -> str:
    """The text as it stands in ``best.txt``."""
    return prompt.text


def to_json(prompt: Prompt) -> str:
    """The text, the state with all parameters, and what was measured."""
    result = prompt.result
    described = {
        "name": prompt.name,
        "text": prompt.text,
        "placeholders": list(PromptTemplate.parse(prompt.text).placeholders),
        "state": result.best_state,
        "model": prompt.setting("model"),
        "temperature": prompt.setting("temperature"),
        "max_output_tokens": prompt.setting("max_output_tokens"),
        "metric": prompt.setting("metric"),
        "verdict": result.verdict.model_dump(mode="json") if result.verdict else None,
        "validation": result.validation_after.model_dump(mode="json") if result.validation_after else None,
        "exported_by": f"textgrad-lite {__version__}",
    }
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def to_python(prompt: Prompt) -> str:
    """A module with the prompt as a constant and a function that makes the messages; it needs no package.

    Raises:
        PromptError: If the run trained several texts.
    """
    fields = prompt.fields
    is_template = bool(PromptTemplate.parse(prompt.text).placeholders)
    literal = "\n".join(f"    {line!r}" for line in prompt.text.splitlines(keepends=True)) or "    ''"
    return (
        f'"""{_as_docstring(f"The prompt {prompt.name}.")}\n\n{_as_docstring(prompt.summary)}\n'
        f'Written by textgrad-lite {__version__}.\n"""\n\n'
        f"{'import re' if is_template else 'from __future__ import annotations'}\n\n"
        f"PROMPT = (\n{literal}\n)\n\n"
        f"FIELDS = {fields!r}\n{_TEMPLATE if is_template else _SYSTEM}"
    )


def _as_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
