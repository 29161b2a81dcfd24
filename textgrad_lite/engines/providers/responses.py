"""OpenAI's responses API, which some of its models are to be had through only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textgrad_lite.engines.providers.strict_schema import make_strict
from textgrad_lite.engines.providers.wire import JsonObject, Wire, drop_empty, write_data_url
from textgrad_lite.engines.types import Completion, FinishReason, ImagePart, Message, Request, Usage

_CUT: Mapping[str, FinishReason] = {"max_output_tokens": "length", "content_filter": "filter"}


def write_responses(request: Request, token_field: str) -> JsonObject:
    """Write the body of a request. Nothing is stored at the server."""
    effort = request.reasoning_effort
    optional = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        token_field: request.max_tokens,
        "reasoning": None if effort is None else {"effort": effort},
        "text": _write_format(request),
    }
    items = [{"role": message.role, "content": _write_content(message)} for message in request.messages]
    return {"input": items, "store": False, **drop_empty(optional), **request.extra}


def _write_content(message: Message) -> list[JsonObject]:
    kind = "output_text" if message.role == "assistant" else "input_text"
    return [
        {"type": "input_image", "image_url": write_data_url(part), "detail": "auto"}
        if isinstance(part, ImagePart)
        else {"type": kind, "text": part.text}
        for part in message.parts
    ]


def _write_format(request: Request) -> JsonObject | None:
    if request.output_schema is None:
        return None
    schema, is_strict = make_strict(request.output_schema)
    return {
        "format": {
            "type": "json_schema",
            "name": request.output_name,
            "schema": schema,
            "strict": is_strict,
        }
    }


def read_responses(body: Mapping[str, Any], request_id: str | None) -> Completion:
    """Read a completion from the body of an answer."""
    parts = [
        part for item in body["output"] if item["type"] == "message" for part in item.get("content") or ()
    ]
    refusals = [part["refusal"] for part in parts if part["type"] == "refusal"]
    texts = [part["text"] for part in parts if part["type"] == "output_text"]
    return Completion(
        text="".join(refusals or texts),
        finish_reason="refusal" if refusals else _read_finish(body),
        usage=_read_usage(body.get("usage") or {}),
        model=body.get("model") or "",
        request_id=request_id,
    )


def _read_finish(body: Mapping[str, Any]) -> FinishReason:
    if body.get("status") == "completed":
        return "stop"
    return _CUT.get((body.get("incomplete_details") or {}).get("reason") or "", "other")


def _read_usage(usage: Mapping[str, Any]) -> Usage:
    prompt = usage.get("input_tokens_details") or {}
    spoken = usage.get("output_tokens_details") or {}
    return Usage(
        input_tokens=usage.get("input_tokens") or 0,
        output_tokens=usage.get("output_tokens") or 0,
        reasoning_tokens=spoken.get("reasoning_tokens") or 0,
        cached_input_tokens=prompt.get("cached_tokens") or 0,
        cache_write_tokens=prompt.get("cache_write_tokens") or 0,
    )


RESPONSES_WIRE = Wire(
    path="/responses",
    request_id_header="x-request-id",
    fields={
        "top_p": "top_p",
        "temperature": "temperature",
        "reasoning_effort": "reasoning",
        "output_schema": "text",
    },
    lacking=("seed", "stop"),
    token_fields=("max_output_tokens",),
    write=write_responses,
    read=read_responses,
)
