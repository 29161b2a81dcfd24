"""Fits a request to what a model accepts, and reads from a refusal what it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textgrad_lite.engines.providers.failures import Failure
from textgrad_lite.engines.providers.learned import Profile, find_blamed
from textgrad_lite.engines.providers.wire import Wire
from textgrad_lite.engines.types import Request
from textgrad_lite.errors import BadRequestError

_EMPTY: Mapping[str, Any] = {"stop": ()}


def leave_out_refused(request: Request, wire: Wire, profile: Profile) -> Request:
    """Return the request without what the API has no place for and what the model was found to reject.

    A parameter that the API lacks is warned of once, like a rejected one. Stop strings are not: the answer
    is cut at them when it has come.
    """
    for name in wire.lacking:
        if name != "stop" and getattr(request, name) is not None:
            profile.refuse(name)
    refused = [name for name in wire.fields if name in profile.refused]
    left_out = [name for name in (*wire.lacking, *refused) if getattr(request, name) not in (None, ())]
    if not left_out:
        return request
    return request.model_copy(update={name: _EMPTY.get(name) for name in left_out})


def choose_token_field(wire: Wire, profile: Profile) -> str:
    """Return how the limit on output tokens is to be called."""
    return next((name for name in wire.token_fields if name not in profile.refused), wire.token_fields[-1])


def learn(failure: Failure, sent: Request, wire: Wire, profile: Profile) -> str | None:
    """Remember the parameter that a refusal is about.

    The last name of the output limit is never given up: without a limit no budget could be kept.

    Returns:
        Its name on the wire; None if the refusal is about something that cannot be done without.
    """
    if failure.error_class is not BadRequestError:
        return None
    token_field = choose_token_field(wire, profile)
    others = [name for name in wire.token_fields if name not in (token_field, *profile.refused)]
    fields = {
        wire_name: name for name, wire_name in wire.fields.items() if getattr(sent, name) not in (None, ())
    }
    blamed = find_blamed(failure.message, failure.parameter, [*fields, *([token_field] if others else [])])
    if blamed == token_field:
        profile.refuse(token_field, f"{others[0]!r} is sent in its place")
    elif blamed is not None:
        profile.refuse(fields[blamed])
    return blamed
