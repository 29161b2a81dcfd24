"""promptfoo: a configuration with the prompt, the provider and tests.

As https://www.promptfoo.dev/docs/configuration/reference/ describes it: prompts, providers and tests with
vars and assertions. A prompt that is JSON is a chat, and variables are filled inside its texts. Prompts, vars
and values are Nunjucks templates, so literal tags in them stand between raw marks. ``promptfoo eval -c FILE``
runs it.
"""

from __future__ import annotations

import json
from typing import Any

from textgrad_lite.report.exporting.braces import escape_nunjucks, to_nunjucks
from textgrad_lite.report.exporting.prompt import Prompt, values_of
from textgrad_lite.report.exporting.yaml_text import to_yaml

SCHEMA = "# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json\n"
_LOCAL = "http://localhost:8080/v1"
"""Where llama.cpp's server listens by default."""

EXPECTED = "expected"
"""The variable that holds the expected answer."""

_FINAL = """\
const marked = String(output).split(/answer[*_`"']*\\s*:/i);
const lines = marked[marked.length - 1].split('\\n').filter((line) => line.trim());
const text = (marked.length > 1 ? lines[0] : lines[lines.length - 1]) || '';
"""
_EXACT = (
    _FINAL
    + """\
const bare = (s) => String(s).replace(/^[*_`"'\\s]+|[*_`"'.\\s]+$/g, '');
const plain = (s) => bare(s).replace(/\\s+/g, ' ').toLowerCase();
return plain(text) === plain(context.vars.expected);
"""
)
_NUMERIC = """\
const find = (s) => String(s).match(/[-+]?(\\d{1,3}(,\\d{3})+|\\d+)(\\.\\d+)?/g) || [];
const numbers = (s) => find(s).map((n) => Number(n.replace(/,/g, '')));
const marked = String(output).split(/answer[*_`"']*\\s*:/i);
const found = numbers(marked[marked.length - 1]);
return (marked.length > 1 ? found[0] : found[found.length - 1]) === numbers(context.vars.expected).pop();
"""
_JSON = """\
const parsed = typeof output === 'string' ? JSON.parse(output) : output;
return JSON.stringify(parsed) === JSON.stringify(JSON.parse(context.vars.expected));
"""


def to_promptfoo(prompt: Prompt) -> str:
    """The prompt as a configuration; the metric as an assertion where it can be said as one.

    Raises:
        PromptError: If a text cannot be written for Nunjucks, or there are several texts.
    """
    messages = [{"role": m.role, "content": to_nunjucks(m.pieces)} for m in prompt.messages]
    content: dict[str, Any] = {
        "description": prompt.summary,
        "prompts": [{"label": prompt.name, "raw": json.dumps(messages, indent=2, ensure_ascii=False)}],
        "providers": [_describe_provider(prompt)],
    }
    assertion = _describe_assertion(str(prompt.setting("metric") or ""))
    if assertion:
        content["defaultTest"] = {"assert": [assertion]}
    content["tests"] = [
        {
            "description": example.id,
            "vars": {
                name: escape_nunjucks(value) for name, value in values_of(example, prompt.fields).items()
            }
            | ({EXPECTED: escape_nunjucks(example.target)} if example.target is not None else {}),
        }
        for example in prompt.examples
    ]
    return SCHEMA + to_yaml(content)


def _describe_provider(prompt: Prompt) -> dict[str, Any]:
    """The model as promptfoo names it; what is on a server of the user's speaks OpenAI's protocol.

    A Python function has no name there: ``echo`` shows the prompt instead of asking.
    """
    name = str(prompt.setting("model") or "openai/gpt-4o-mini")
    if name.startswith("python:"):
        return {"id": "echo"}
    provider, _, model = name.partition("/")
    prefix = "anthropic:messages" if provider == "anthropic" else "openai:chat"
    config = {
        "apiBaseUrl": prompt.setting("base_url") or (_LOCAL if provider == "local" else None),
        "apiKeyEnvar": prompt.setting("api_key_env"),
        "temperature": prompt.setting("temperature"),
        "max_tokens": prompt.setting("max_output_tokens"),
    }
    return {
        "id": f"{prefix}:{model or provider}",
        "config": {name: value for name, value in config.items() if value is not None},
    }


def _describe_assertion(metric: str) -> dict[str, Any] | None:
    """The metric as an assertion: near to ours, though not to the letter; None for one of the user's own."""
    kind, _, rest = metric.partition(":")
    match kind:
        case "exact":
            return {"type": "javascript", "value": _EXACT}
        case "numeric":
            return {"type": "javascript", "value": _NUMERIC}
        case "contains":
            return {"type": "icontains", "value": f"{{{{ {EXPECTED} }}}}"}
        case "regex":
            return {"type": "regex", "value": escape_nunjucks(rest)}
        case "json":
            return {"type": "javascript", "value": _JSON}
        case "judge":
            return {"type": "llm-rubric", "value": f"file://{rest}"}
        case _:
            return None
