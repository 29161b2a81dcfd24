"""Multiple-choice questions with their choices in an order of each item's own.

The released results of textgrad on GPQA have "C" as right answer of every question, because its shuffle
starts from the same seed for each item; a model that always says C would score 100 %. Here the order is drawn
from the seed and the question together.
"""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ChoiceQuestion:
    """A question with choices, one of them right.

    Attributes:
        text: The question.
        choices: All choices.
        right: Position of the right one among them.
    """

    text: str
    choices: Sequence[str]
    right: int

    def letter(self, seed: int) -> tuple[str, str]:
        """The question with lettered choices, and the letter of the right one.

        Args:
            seed: Decides, with the question, the order of the choices.
        """
        order = list(range(len(self.choices)))
        random.Random(f"choices {seed} {self.text}").shuffle(order)  # noqa: S311 - reproducible, not secret
        options = [
            f"({letter}) {self.choices[index].strip()}"
            for letter, index in zip(string.ascii_uppercase, order, strict=False)
        ]
        asked = "\n".join([self.text.strip(), "Options:", *options])
        return asked, f"({string.ascii_uppercase[order.index(self.right)]})"
