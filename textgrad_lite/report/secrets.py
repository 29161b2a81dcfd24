"""What of a configuration may be shown to readers: everything but what could be a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

HIDDEN = "(not shown)"

_NAMES = re.compile(
    r"(^|_)(api_?key|key|secret|password|token|authorization|cookie|credentials?|headers?)$", re.IGNORECASE
)
_BETWEEN_WORDS = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_QUERY = re.compile(r"(?<=[?&])([^=&\s]*(?:key|token|secret|sig)[^=&\s]*)=[^&\s]*", re.IGNORECASE)


def flatten_config(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Return names and values as text, level by level; what is not set is left out.

    A value whose name sounds like a secret is not shown, nor are the credentials in an address.
    """
    for name, value in config.items():
        full = f"{prefix}{name}"
        if value in (None, [], ""):
            continue
        if _NAMES.search(_BETWEEN_WORDS.sub("_", str(name))):
            yield full, HIDDEN
        elif isinstance(value, Mapping):
            yield from flatten_config(value, f"{full}.")
        elif isinstance(value, list | tuple) and any(isinstance(entry, Mapping) for entry in value):
            yield from flatten_config({str(number): entry for number, entry in enumerate(value)}, f"{full}.")
        else:
            yield full, without_credentials(_as_text(value))


def without_credentials(text: str) -> str:
    """Return a text without user names, passwords and keys in the addresses that it holds."""
    return _QUERY.sub(r"\1=…", _CREDENTIALS.sub("", text))


def _as_text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
