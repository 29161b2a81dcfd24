"""What a model at a server was found not to accept, kept for the life of the process.

Which parameters a model rejects changes with every release; a table of model names would be wrong within
weeks. So a refusal is read once, remembered per (base URL, model), and said once.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

_REFUSING = re.compile(
    r"unsupported|not support|n't support|deprecated|unrecognized|unknown|not permitted|not allowed"
    r"|not accept|cannot both|unavailable|unexpected|removed",
    re.IGNORECASE,
)
_VALUES = re.compile(r"supported values are|must be one of|allowed values", re.IGNORECASE)
_CAMEL_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


class UnsupportedParameterWarning(UserWarning):
    """A model does not accept a parameter that it was given; the call is made without it."""


@dataclass
class Profile:
    """What one model at one server was found not to accept.

    Attributes:
        name: How the model is called in the warning.
        refused: Fields of `Request`, and names of the output limit on the wire, that it rejects.
        needs_responses: True where the server has the model in OpenAI's responses API only.
    """

    name: str
    refused: set[str] = field(default_factory=set)
    needs_responses: bool = False

    def refuse(self, parameter: str, instead: str = "it is left out from now on") -> None:
        """Remember that a parameter is not accepted, and warn at the first time."""
        if parameter not in self.refused:
            self.refused.add(parameter)
            warnings.warn(
                f"{self.name} does not accept {parameter!r}; {instead}",
                UnsupportedParameterWarning,
                stacklevel=2,
            )


_profiles: dict[tuple[str, str], Profile] = {}


def get_profile(base_url: str, model: str, name: str) -> Profile:
    """Return what is known of a model at a server."""
    profile = _profiles.get((base_url, model))
    if profile is None:
        profile = _profiles[base_url, model] = Profile(name)
    return profile


def forget_profiles() -> None:
    """Forget everything; for tests."""
    _profiles.clear()


def find_blamed(message: str, parameter: str | None, sent: Iterable[str]) -> str | None:
    """Return which of the sent parameters a refusal is about, or None if it is about something else.

    A refused value of a parameter that has several is the user's to correct, so it is not blamed.

    Args:
        message: The server's words.
        parameter: The parameter that the server names in a field of its own, if it does.
        sent: Names on the wire of what may be left out.
    """
    if not _REFUSING.search(message) or _VALUES.search(message):
        return None
    words = f"{parameter or ''} {message} {_CAMEL_HUMP.sub('_', message).lower()}"
    return next((name for name in sent if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)), None)
