"""The name under which an answer is kept: a digest of everything that can change it.

It is taken from the request as asked, before a provider maps any parameter, and holds neither the purpose
of the call nor anything secret. Equal requests have equal keys in every process.
"""

from __future__ import annotations

import hashlib
import json

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Request

KEY_VERSION = 1
"""Raised whenever the meaning of a stored answer changes; older answers are then not found any more."""


def request_key(engine: Engine, request: Request) -> str:
    """Return the SHA-256, in hex, of the canonical JSON of engine and request.

    Object members are sorted, except inside schemas and further body fields: a model that writes the members
    of an answer in the order of its schema may answer differently when that order changes.
    """
    form = request.redacted()
    del form["purpose"]
    form["output_schema"] = _as_sent(request.output_schema)
    form["extra"] = {name: _as_sent(value) for name, value in request.extra.items()}
    canonical = json.dumps(
        {"version": KEY_VERSION, "engine": dict(engine.identity()), "request": form},
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _as_sent(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
