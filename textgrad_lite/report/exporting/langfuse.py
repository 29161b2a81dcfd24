"""Langfuse: the body of a request that creates a prompt.

As its data model says (https://langfuse.com/docs/prompt-management/data-model) and its API takes it at
``POST /api/public/v2/prompts``: name, type, prompt with ``{{variables}}``, config, labels, tags and
commitMessage. A chat prompt is a list of messages with role and content.
"""

from __future__ import annotations

import json

from textgrad_lite.report.exporting.braces import to_mustache
from textgrad_lite.report.exporting.prompt import Prompt

_TOOL = "Langfuse"


def to_langfuse(prompt: Prompt) -> str:
    """The prompt as JSON: a text prompt where it is one template, else a chat prompt.

    Raises:
        PromptError: If the prompt has braces that the format cannot hold, or there are several texts.
    """
    messages = [{"role": m.role, "content": to_mustache(m.pieces, _TOOL)} for m in prompt.messages]
    is_text = len(messages) == 1
    config = {
        "model": prompt.setting("model"),
        "temperature": prompt.setting("temperature"),
        "max_tokens": prompt.setting("max_output_tokens"),
    }
    body = {
        "type": "text" if is_text else "chat",
        "name": prompt.name,
        "prompt": messages[0]["content"] if is_text else messages,
        "config": {name: value for name, value in config.items() if value is not None},
        "labels": [],
        "tags": ["textgrad-lite"],
        "commitMessage": prompt.summary,
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
