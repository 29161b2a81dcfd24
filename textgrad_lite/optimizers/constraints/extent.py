"""How long a text may be, and how much of it one step may change."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.constraints.constraint import Constraint

LEAST_BOUND = 4_000
"""Characters that every prompt may have."""

GROWTH = 4
"""How many times its first length a prompt may have, where that is more."""


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text as one per four UTF-8 bytes, rounded up; no tokenizer is needed."""
    return math.ceil(len(text.encode("utf-8", errors="surrogatepass")) / 4)


@dataclass(frozen=True)
class MaxLength(Constraint):
    """The text is at most so long.

    Args:
        characters: Most characters, or None.
        tokens: Most tokens, or None.
        counts_tokens: How tokens are counted; pass the model's tokenizer where the limit must be exact.
    """

    characters: int | None = None
    tokens: int | None = None
    counts_tokens: Callable[[str], int] = estimate_tokens

    def __post_init__(self) -> None:
        if self.characters is None and self.tokens is None:
            raise ConfigurationError("MaxLength has no limit", hint="Give characters, tokens or both.")

    def check(self, _old: str, new: str, /) -> str | None:
        """Compare with the limits."""
        if self.characters is not None and len(new) > self.characters:
            return f"The text has {len(new)} characters, at most {self.characters} are allowed. Shorten it."
        if self.tokens is not None and (count := self.counts_tokens(new)) > self.tokens:
            return f"The text has about {count} tokens, at most {self.tokens} are allowed. Shorten it."
        return None

    def describe(self, _old: str, /) -> str:
        """State the limits."""
        limits = [f"{self.characters} characters"] * (self.characters is not None)
        limits += [f"{self.tokens} tokens"] * (self.tokens is not None)
        return f"Write at most {' and '.join(limits)}."


def bound_of(texts: Iterable[str]) -> MaxLength:
    """The bound on prompts that begin with these texts, since without one they grow with every step.

    It is four times the longest of them, and 4,000 characters at least.
    """
    return MaxLength(characters=max(LEAST_BOUND, GROWTH * max(map(len, texts), default=0)))


@dataclass(frozen=True)
class MaxChange(Constraint):
    """One step changes at most so much of the text: a learning rate for words.

    What is changed is the share of words, old and new, that the two texts do not have in common in the same
    order: 0 for equal texts, 1 for texts without a common word. A text of few words can hardly be improved
    under it, so it is meant for long ones.

    Args:
        share: The largest share, above 0 and at most 1.
    """

    share: float

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ConfigurationError(
                f"MaxChange has the share {self.share}", hint="Give one above 0, at most 1."
            )

    def check(self, old: str, new: str, /) -> str | None:
        """Compare word by word."""
        changed = 1 - SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio()
        if changed <= self.share:
            return None
        return f"{changed:.0%} of the text was changed, at most {self.share:.0%} may be. Change less."

    def describe(self, _old: str, /) -> str:
        """State the limit."""
        return f"Change at most {self.share:.0%} of the words and leave the rest as it is."
