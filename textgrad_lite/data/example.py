"""One example: what the model is given and what is expected of it.

An example is data that came from a file, so it is a pydantic model: frozen, validated, and written to
JSON as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field


class Example(BaseModel):
    """One example of a dataset.

    Attributes:
        id: A name that is unique in its dataset: the row's own ``id``, else its number in the file.
        input: What the model is asked.
        target: What is expected, or None where only a judge or a program can tell.
        fields: All further fields of the row as text, under their own names. The field that became
            ``input`` is among them under its own name; the one that became ``target`` is not, so that no
            template can show the expected answer to the model by accident.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    input: str
    target: str | None = None
    fields: Mapping[str, str] = Field(default_factory=dict)

    @property
    def placeholders(self) -> dict[str, str]:
        """The values that may fill a template's placeholders, by name."""
        return {"input": self.input, **self.fields}

    def key(self, names: Sequence[str] = ("input",)) -> str:
        """Text that is equal for two examples which a model could not tell apart.

        Args:
            names: The placeholders that the model gets to see.
        """
        values = self.placeholders
        shown = (unicodedata.normalize("NFC", values.get(name, "")).split() for name in names)
        return "\n".join(" ".join(words) for words in shown)
