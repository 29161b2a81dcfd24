"""A user's prompt with placeholders, such as ``Translate {text} into French.``.

A placeholder is ``{identifier}``. ``{{`` and ``}}`` stand for one literal brace each. Every other brace is
text, so that JSON and code can stand in a prompt. Nothing is evaluated: there are no attributes, formats or
expressions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar

from textgrad_lite.errors import PlaceholderError

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^\W\d]\w*)\}")

_PLACEHOLDER = re.compile(r"\{([^\W\d]\w*)\}")

T = TypeVar("T")


@dataclass(frozen=True)
class _Placeholder:
    name: str


@dataclass(frozen=True)
class PromptTemplate:
    """A prompt, read once and filled any number of times.

    Attributes:
        text: The prompt as it was written.
    """

    text: str
    _pieces: tuple[str | _Placeholder, ...]

    @classmethod
    def parse(cls, text: str) -> PromptTemplate:
        """Read a prompt. Every text is a valid one."""
        pieces: list[str | _Placeholder] = []
        position = 0
        for token in _TOKEN.finditer(text):
            name = token["name"]
            pieces.append(text[position : token.start()])
            pieces.append(_Placeholder(name) if name else token[0][0])
            position = token.end()
        pieces.append(text[position:])
        return cls(text, tuple(piece for piece in pieces if piece))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names to be filled, each once, in the order of their first appearance."""
        names = (piece.name for piece in self._pieces if isinstance(piece, _Placeholder))
        return tuple(dict.fromkeys(names))

    @property
    def head(self) -> str:
        """The literal text before the first placeholder, as it is sent."""
        return "".join(takewhile(lambda piece: isinstance(piece, str), self._pieces))  # type: ignore[arg-type]

    def format(self, values: Mapping[str, str]) -> str:
        """Fill every placeholder.

        Args:
            values: A text for each placeholder, inserted as it is; braces in it mean nothing. Names that the
                prompt does not use are ignored.

        Raises:
            PlaceholderError: A placeholder has no value.
        """
        return "".join(self.fill(values))

    def fill(self, values: Mapping[str, T]) -> list[str | T]:
        """List the literal text and the values in order, for values that are not all text (images).

        Raises:
            PlaceholderError: A placeholder has no value.
        """
        missing = [name for name in self.placeholders if name not in values]
        if missing:
            raise PlaceholderError(
                f"no value for {_listed(missing)} of the prompt {_shortened(self.text)!r}",
                hint=f"Given: {_listed(values)}. Write {{{{ and }}}} for a brace that is meant as text.",
            )
        return [values[piece.name] if isinstance(piece, _Placeholder) else piece for piece in self._pieces]


def escape(text: str) -> str:
    """Write a text so that, as a :class:`PromptTemplate`, it has no placeholder and formats to itself."""
    return text.replace("{", "{{").replace("}", "}}")


def with_examples(prompt: str, examples: str) -> str:
    """Put worked examples after a prompt that has no placeholder; the result has none either.

    A ``{name}`` in the examples is loosened to ``{ name }``, or the prompt would, once saved and loaded, be
    taken for a template. The line end that the prompt ends in, if any, ends the result.
    """
    if not examples:
        return prompt
    body = prompt.rstrip("\r\n")
    loosened = _PLACEHOLDER.sub(r"{ \1 }", examples)
    return f"{body}\n\n{loosened}{prompt[len(body) :]}" if body else loosened


def before_template(examples: str, prompt: str) -> str:
    """Put worked examples before a prompt that has placeholders, as text that cannot be taken for one."""
    return f"{escape(examples)}\n\n{prompt}" if examples else prompt


def _listed(names: Mapping[str, object] | list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names) or "nothing"


def _shortened(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
