"""The prompts of the optimizer: a text, what was said about it, and the request for a better version.

Long lists are bounded by the caller; what is given is shown whole. Showing past versions with their scores in
ascending order is OPRO's idea (arXiv 2309.03409).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from textgrad_lite.prompts.rendering import render

NEW_TEXT_TAGS = ("<new_text>", "</new_text>")
"""The marks between which a model writes the new version, where the user names no others."""

NEW_TEXT_FIELD = "new_text"
"""The field of a structured reply that holds the new version."""

NEW_TEXT_SCHEMA = {
    "type": "object",
    "properties": {"plan": {"type": "string"}, NEW_TEXT_FIELD: {"type": "string"}},
    "required": ["plan", NEW_TEXT_FIELD],
    "additionalProperties": False,
}
"""The form of a structured reply: first what to change, then the new version."""

Template = Literal[
    "rewrite", "rewrite_paraphrase", "rewrite_mutation", "rewrite_crossover", "rewrite_history"
]
"""What can be asked for: a better text from remarks, the same in other words, a variation of it, two texts in
one, or what comes next in a row of texts with rising scores."""

LONGEST_SHORT_TEXT = 30
"""Words up to which an instruction is to be replaced by a few sentences."""

_MARKUP = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_DATA_TAG = re.compile(r"""delimited\("([\w-]+)"\)""")


@dataclass(frozen=True)
class Remark:
    """One criticism of the text.

    Attributes:
        text: What is to be changed and why.
        context: What happened in the call that is criticised; may be empty.
    """

    text: str
    context: str = ""


@dataclass(frozen=True)
class PastVersion:
    """A text that was in use before, with its score between 0 and 1 where it was measured."""

    text: str
    score: float | None = None


@dataclass(frozen=True)
class Peer:
    """Another text that works together with the one to be rewritten."""

    role: str
    text: str


@dataclass(frozen=True)
class RewriteTask:
    """All that the optimizer gets to see of one text.

    Attributes:
        role: What the text is for.
        text: The whole text.
        remarks: What was said about it, in order.
        n_kept: How many cases it served well.
        earlier_remarks: What was said about earlier versions, oldest first.
        past_versions: Earlier versions, in the order in which they are shown.
        peers: The texts that it works together with.
        scoring: How results are scored, as a sentence; may be empty.
        advice: General strategies to choose from.
        examples: Examples of good texts of this kind.
        rules: What the new version must fulfil, a sentence each.
        is_instruction: True for a prompt, which a model follows, and False for anything else.
        template: What is asked for, as the name of the template of the request.
    """

    role: str
    text: str
    remarks: tuple[Remark, ...] = ()
    n_kept: int = 0
    earlier_remarks: tuple[str, ...] = ()
    past_versions: tuple[PastVersion, ...] = ()
    peers: tuple[Peer, ...] = ()
    scoring: str = ""
    advice: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    is_instruction: bool = False
    template: Template = "rewrite"

    @property
    def is_short(self) -> bool:
        """True for a text that a few sentences can replace."""
        return len(self.text.split()) <= LONGEST_SHORT_TEXT


def render_rewriter(tags: tuple[str, str], system_prompt: str | None = None) -> str:
    """The system prompt of the optimizer.

    Args:
        tags: The marks round the new version.
        system_prompt: The user's own, in which ``{new_variable_start_tag}`` and ``{new_variable_end_tag}``
            stand for the marks and every other brace is text; default: ours.
    """
    if system_prompt is None:
        return render("rewrite_system")
    start, end = tags
    filled = system_prompt.replace("{new_variable_start_tag}", start)
    return filled.replace("{new_variable_end_tag}", end)


def render_author() -> str:
    """The system prompt of a model that writes a text without remarks on an earlier one."""
    return render("rewrite_author_system")


def render_rewrite_request(task: RewriteTask, tags: tuple[str, str] | None) -> str:
    """Ask for a text, by default a better version of one.

    Args:
        task: What the optimizer gets to see.
        tags: The marks round the new version, or None where the reply is structured.
    """
    return render(task.template, task=task, tags=tags)


def render_rewrite_repair(reason: str, tags: tuple[str, str] | None) -> str:
    """Ask again after a reply that cannot be used, saying why."""
    return render("rewrite_repair", reason=reason, tags=tags)


@cache
def own_instructions() -> tuple[str, ...]:
    """What we ourselves say to an optimizer, one text per template, without the data that is filled in.

    The tags round the data are part of it, each as ``<tag>``.
    """
    folder = resources.files("textgrad_lite.prompts") / "templates"
    sources = sorted(
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.startswith("rewrite")
    )
    return tuple(_without_markup(source) for _, source in sources)


def _without_markup(source: str) -> str:
    tags = "".join(f"\n<{tag}>" for tag in sorted(set(_DATA_TAG.findall(source))))
    return _MARKUP.sub("\n", source) + tags
