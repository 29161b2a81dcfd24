"""How the texts that a loss looks at are laid out for the model that judges them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textgrad_lite.functions.arrangement import SYSTEM, Arrangement, as_text, joined, to_content
from textgrad_lite.graph import Argument, Image
from textgrad_lite.prompts import render
from textgrad_lite.prompts.criticism import Part

INSTRUCTION = "instruction"


@dataclass(frozen=True)
class EvaluationLayout:
    """The system prompt, then the instruction where there is one, then each field under its name as data.

    The arguments come in this order, too.

    Attributes:
        names: What the judge calls each field.
        has_instruction: True where the second argument is an instruction.
    """

    names: tuple[str, ...]
    has_instruction: bool = False

    def arrange(self, arguments: Sequence[Argument]) -> Arrangement:
        """See :class:`textgrad_lite.functions.arrangement.Layout`."""
        system, *rest = arguments
        instruction = f"{rest.pop(0).text}\n\n" if self.has_instruction else ""
        contents = [to_content(argument.value) for argument in rest]
        first = len(arguments) - len(rest)
        titles = {first + index: name for index, name in enumerate(self.names)}
        parts = [Part(SYSTEM, "system_prompt", system.text)]
        if self.has_instruction:
            parts.append(Part(INSTRUCTION, "instruction", arguments[1].text))
            titles[1] = INSTRUCTION
        fields = [
            Part(name, _tag(name), as_text([content]))
            for name, content in zip(self.names, contents, strict=True)
        ]
        return Arrangement(
            system=system.text,
            user=joined(_pieces(instruction, fields, contents)),
            parts=(*parts, *fields),
            titles={0: SYSTEM, **titles},
            general=frozenset(range(first)),
            shared=len(instruction),
        )


def _pieces(
    instruction: str, fields: Sequence[Part], contents: Sequence[str | Image]
) -> Iterator[str | Image]:
    yield instruction
    for number, (part, content) in enumerate(zip(fields, contents, strict=True), start=1):
        if isinstance(content, Image):
            yield f"{part.heading}:\n"
            yield content
        else:
            yield render("call_parts", parts=[part])
        if number < len(fields):
            yield "\n\n"


def _tag(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")[:40] or "text"
