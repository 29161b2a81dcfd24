"""Slots as ``{{name}}``, the way of Mustache and of those who write like it, and of Nunjucks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textgrad_lite.errors import PromptError
from textgrad_lite.report.exporting.prompt import Slot

_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NUNJUCKS = ("{{", "{%", "{#")


def to_mustache(pieces: Sequence[str | Slot], tool: str) -> str:
    """Writes slots as ``{{name}}``; there is no way to write braces that mean themselves.

    Args:
        pieces: Literal text and slots.
        tool: Whose format it is, for the message.

    Raises:
        PromptError: If literal braces would be taken for a slot.
    """
    text = "".join(f"{{{{{piece.name}}}}}" if isinstance(piece, Slot) else piece for piece in pieces)
    slots = [piece.name for piece in pieces if isinstance(piece, Slot)]
    literal = "".join(piece for piece in pieces if isinstance(piece, str))
    if _TAG.findall(text) != slots or _TAG.sub("", text) != literal or "{{" in literal:
        raise PromptError(
            f"the prompt has braces of its own, which {tool} would take for a variable",
            hint="Use --format python or json, or write these braces apart: { { instead of {{.",
        )
    return text


def to_nunjucks(pieces: Sequence[str | Slot]) -> str:
    """Writes slots as ``{{ name }}``, and literal text that looks like a tag between raw marks.

    Raises:
        PromptError: If the text itself ends a raw block.
    """
    return "".join(
        f"{{{{ {piece.name} }}}}" if isinstance(piece, Slot) else escape_nunjucks(piece) for piece in pieces
    )


def escape_nunjucks(text: str) -> str:
    """Writes a text so that Nunjucks renders it as itself.

    Raises:
        PromptError: If the text itself ends a raw block.
    """
    if re.search(r"\{%-?\s*endraw", text):
        raise PromptError("a text with {% endraw %} in it cannot be written for Nunjucks", hint="Reword it.")
    # A brace at either end could join with the braces of a slot beside it.
    needs_marks = any(mark in text for mark in _NUNJUCKS) or text.endswith("{")
    return f"{{% raw %}}{text}{{% endraw %}}" if needs_marks else text
