"""The prompt files of GitHub Models, ``NAME.prompt.yml``.

Described at https://docs.github.com/github-models/use-github-models/storing-prompts-in-github-repositories:
name, description, model, modelParameters, messages with ``{{variables}}``, testData with input and expected,
and evaluators. ``gh models eval NAME.prompt.yml`` runs it.
"""

from __future__ import annotations

from typing import Any

from textgrad_lite.report.exporting.braces import to_mustache
from textgrad_lite.report.exporting.prompt import Prompt, values_of
from textgrad_lite.report.exporting.yaml_text import to_yaml

_TOOL = "GitHub Models"


def to_prompt_yml(prompt: Prompt) -> str:
    """The prompt as a file for GitHub Models.

    Raises:
        PromptError: If the prompt has braces that the format cannot hold, or there are several texts.
    """
    parameters = {
        "temperature": prompt.setting("temperature"),
        "maxTokens": prompt.setting("max_output_tokens"),
    }
    content: dict[str, Any] = {
        "name": prompt.name,
        "description": prompt.summary,
        "model": prompt.setting("model") or "openai/gpt-4o-mini",
        "modelParameters": {name: value for name, value in parameters.items() if value is not None},
        "messages": [{"role": m.role, "content": to_mustache(m.pieces, _TOOL)} for m in prompt.messages],
    }
    if prompt.examples:
        content["testData"] = [
            values_of(example, prompt.fields) | ({"expected": example.target} if example.target else {})
            for example in prompt.examples
        ]
        content["evaluators"] = [{"name": "similarity", "uses": "github/similarity"}]
    return to_yaml({name: value for name, value in content.items() if value != {}})
