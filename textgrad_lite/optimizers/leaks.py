"""A guard against text that has no business in a parameter that a model rewrote.

Three things leak: the examples that the criticism speaks of (the rewrite then answers one item instead of
stating a rule), held-out examples (the measurement is then worthless), and our own talk with the optimizer
("the feedback says …"). What the parameter said before, it may go on saying.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from textgrad_lite.optimizers.constraints import Constraint
from textgrad_lite.optimizers.overlap import OverlapIndex, words_of
from textgrad_lite.prompts import WorkedExample, rewrite

OUR_WORDS = frozenset(
    {
        "criticism",
        "criticisms",
        "critique",
        "critiques",
        "feedback",
        "gradient",
        "gradients",
        "remark",
        "remarks",
    }
)
"""Words of the talk between critic and optimizer, suspicious unless the task uses them itself."""

_OUR_RUN_LENGTH = 7
_REPLY_TALK = re.compile(
    r"\b(?:improved|revised|rewritten|updated|better|new) (?:prompt|instructions?|variable|version)\b"
    r"|\A\W*(?:sure|certainly|of course|here is|here's|here are)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?\s*([A-Za-z][\w-]*)\s*>")
_ADVICE = "Write general rules that hold for every input instead."


class LeakGuard(Constraint):
    """No long run and no sentence of an example, and none of our own instructions, in a rewritten text.

    Args:
        training_texts: One text per training example, with all its fields.
        held_out_texts: Likewise for validation and test examples; never quoted in a violation.
        own_instructions: What the optimizer was told; default: the words of our own rewrite prompts.
    """

    def __init__(
        self,
        training_texts: Iterable[str] = (),
        held_out_texts: Iterable[str] = (),
        own_instructions: Iterable[str] | None = None,
    ) -> None:
        training, held_out = list(training_texts), list(held_out_texts)
        own = rewrite.own_instructions() if own_instructions is None else tuple(own_instructions)
        self._training = OverlapIndex(training, wording=training + held_out)
        self._held_out = OverlapIndex(held_out, wording=training + held_out)
        self._held_out_wholes = {words_of(text) for text in held_out}
        self._own = OverlapIndex(own, wording=(), run_length=_OUR_RUN_LENGTH)
        self._own_tags = {tag.lower() for text in own for tag in _TAG.findall(text)}
        self._task_words = frozenset(word for text in training for word in words_of(text))

    def check(self, old: str, new: str, /) -> str | None:
        """Name the first leak."""
        return self._own_talk(old, new) or self._example(old, new)

    def describe(self, _old: str, /) -> str:
        """Ask for general rules."""
        return "Write general rules only: no example, no question and no sentence taken from an example."

    def check_example(self, example: WorkedExample) -> str | None:
        """Judge a worked example, which may hold training text but nothing of held-out examples.

        Returns:
            The violation in words, or None.
        """
        if words_of(example.input) in self._held_out_wholes:
            return f"the worked example {example.id} is a held-out example"
        if self._held_out.find(example.output, allowed=example.input):
            return f"the answer of the worked example {example.id} repeats a held-out example"
        return None

    def _example(self, old: str, new: str) -> str | None:
        if repeated := self._training.find(new, allowed=old):
            return f'The text repeats an example: "{repeated}". {_ADVICE}'
        if self._held_out.find(new, allowed=old):
            return f"The text repeats an example. {_ADVICE}"
        return None

    def _own_talk(self, old: str, new: str) -> str | None:
        known = self._task_words.union(words_of(old))
        talk = sorted(OUR_WORDS.intersection(words_of(new)) - known)
        if talk:
            return f'The text must not speak of "{talk[0]}": its reader knows nothing of it.'
        return self._tag(old, new) or self._reply_talk(old, new) or self._instruction(old, new)

    def _tag(self, old: str, new: str) -> str | None:
        tags = {tag.lower() for tag in _TAG.findall(new)} - {tag.lower() for tag in _TAG.findall(old)}
        leaked = sorted(tags & self._own_tags)
        return f"The text must not contain the tag <{leaked[0]}>." if leaked else None

    def _reply_talk(self, old: str, new: str) -> str | None:
        found = _REPLY_TALK.search(new)
        if not found or found[0].lower() in old.lower():
            return None
        return f'Write the text itself, without words such as "{found[0].strip()}" about it.'

    def _instruction(self, old: str, new: str) -> str | None:
        repeated = self._own.find(new, allowed=old)
        return f'The text repeats these instructions: "{repeated}". Leave that out.' if repeated else None
