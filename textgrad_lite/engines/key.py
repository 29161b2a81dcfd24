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

    Fields come in the order of their declaration and ``extra`` in that of its names. Inside schemas and
    nested values the order is kept as it is sent: a model that writes the members of an answer in the order
    of its schema may answer differently when that order changes.
    """
    if len(request.extra) > 1:
        request = request.model_copy(update={"extra": dict(sorted(request.extra.items()))})
    identity = json.dumps(sorted(engine.identity().items()))
    canonical = f"[{KEY_VERSION},{identity},{request.model_dump_json(exclude={'purpose'})}]"
    return hashlib.sha256(canonical.encode()).hexdigest()
