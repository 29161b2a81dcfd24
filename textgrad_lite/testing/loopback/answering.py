"""From a request as it came to the response that is sent: reading, replying, refusing, spoiling."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace

from textgrad_lite.testing.loopback.dialects import Dialect, write_openai_error
from textgrad_lite.testing.loopback.faults import Fault
from textgrad_lite.testing.loopback.http import HttpRequest, HttpResponse
from textgrad_lite.testing.loopback.messages import LoopbackRequest, Refusal, Reply, ReplyFunction, Said
from textgrad_lite.testing.loopback.refusals import find_refusal

_SECRET_HEADERS = ("authorization", "x-api-key", "api-key", "cookie")
_TAG = re.compile(r"</?[A-Za-z_][^<>]*>")


def read_request(dialect: Dialect, request: HttpRequest, number: int) -> LoopbackRequest:
    """Read a model request; what is secret in it is left behind."""
    body = json.loads(request.body)
    return LoopbackRequest(
        api=dialect.api,
        model=body["model"],
        turns=tuple(dialect.read_turns(body)),
        schema=dialect.read_schema(body),
        body=body,
        headers=_redact(request.headers),
        key_digest=_digest_key(request.headers),
        number=number,
        path=request.path,
    )


def answer_request(
    dialect: Dialect, request: LoopbackRequest, reply: Said | ReplyFunction, fault: Fault | None
) -> HttpResponse:
    """Make the response to a model request."""
    response = _refuse(dialect, request, fault) if fault else None
    response = response or _reply(dialect, request, reply, fault)
    headers = {**response.headers, dialect.request_id_header: f"req_{request.number}"}
    return replace(response, headers=headers)


def list_models(names: list[str]) -> HttpResponse:
    """Make the response to a question for the server's models."""
    models = [{"id": name, "object": "model", "created": 1, "owned_by": "loopback"} for name in names]
    return _encode(200, {"object": "list", "data": models})


def refuse_path(request: HttpRequest) -> HttpResponse:
    """Make the response to a request for a path that the server does not have."""
    message = f"Invalid URL ({request.method} {request.path})"
    return _encode(404, write_openai_error(Refusal(404, "invalid_request_error", None, message)))


def _refuse(dialect: Dialect, request: LoopbackRequest, fault: Fault) -> HttpResponse | None:
    refusal = find_refusal(fault, request)
    if refusal is None:
        return None
    wait = {} if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
    return replace(_encode(refusal.status, dialect.write_error(refusal)), headers=wait)


def _reply(
    dialect: Dialect, request: LoopbackRequest, said: Said | ReplyFunction, fault: Fault | None
) -> HttpResponse:
    try:
        reply = _to_reply(said(request) if callable(said) else said)
    except Exception as error:  # noqa: BLE001  the reply function is the user's
        message = f"the reply function failed: {type(error).__name__}: {error}"
        return _encode(400, dialect.write_error(Refusal(400, "invalid_request_error", None, message)))
    if fault is None:
        return _encode(200, dialect.write_reply(request, reply))
    return _spoil_response(_encode(200, dialect.write_reply(request, _spoil_reply(reply, fault))), fault)


def _encode(status: int, body: Mapping[str, object]) -> HttpResponse:
    return HttpResponse(status, json.dumps(body).encode())


def _redact(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "[redacted]" if name in _SECRET_HEADERS else value for name, value in headers.items()}


def _digest_key(headers: Mapping[str, str]) -> str:
    bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
    key = headers.get("x-api-key") or headers.get("api-key") or bearer
    return hashlib.sha256(key.encode()).hexdigest() if key else ""


def _to_reply(said: Said) -> Reply:
    if isinstance(said, Reply):
        return said
    return Reply(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False))


def _spoil_reply(reply: Reply, fault: Fault) -> Reply:
    """Return the reply as a model would give it that has this fault."""
    match fault.kind:
        case "truncated":
            return replace(reply, text=reply.text[: len(reply.text) // 2], finish="length")
        case "empty":
            return replace(reply, text="")
        case "refusal":
            return replace(
                reply, text=fault.message or "I'm sorry, I can't help with that.", finish="refusal"
            )
        case "filter":
            return replace(reply, text="", finish="filter")
        case "missing_tags":
            return replace(reply, text=_TAG.sub("", reply.text))
        case _:
            return reply


def _spoil_response(response: HttpResponse, fault: Fault) -> HttpResponse:
    """Return the response as a connection or a proxy delivers it that has this fault."""
    match fault.kind:
        case "drop":
            return replace(response, sent_share=0.0)
        case "cut":
            return replace(response, sent_share=0.5)
        case "malformed":
            return replace(response, body=response.body[: len(response.body) // 2])
        case _:
            return response
