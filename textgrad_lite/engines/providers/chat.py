"""OpenAI's chat completions, which most other servers speak too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textgrad_lite.engines.providers.strict_schema import make_strict
from textgrad_lite.engines.providers.wire import JsonObject, Wire, drop_empty, write_data_url
from textgrad_lite.engines.types import Completion, FinishReason, ImagePart, Message, Request, Usage

_FINISH: Mapping[str, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "filter"}


def make_chat_wire(token_fields: tuple[str, ...]) -> Wire:
    """Return the API as a server has it that calls the output limit by these names."""
    return Wire(
        path="/chat/completions",
        request_id_header="x-request-id",
        fields={
            "top_p": "top_p",
            "temperature": "temperature",
            "seed": "seed",
            "stop": "stop",
            "reasoning_effort": "reasoning_effort",
            "output_schema": "response_format",
        },
        lacking=(),
        token_fields=token_fields,
        write=write_chat,
        read=read_chat,
    )


def write_chat(request: Request, token_field: str) -> JsonObject:
    """Write the body of a request."""
    optional = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        token_field: request.max_tokens,
        "stop": list(request.stop) or None,
        "seed": request.seed,
        "reasoning_effort": request.reasoning_effort,
        "response_format": _write_format(request),
    }
    messages = [{"role": message.role, "content": _write_content(message)} for message in request.messages]
    return {"messages": messages, **drop_empty(optional), **request.extra}


def _write_content(message: Message) -> str | list[JsonObject]:
    if not any(isinstance(part, ImagePart) for part in message.parts):
        # A plain string is understood by every server; some know no parts.
        return message.text
    return [
        {"type": "image_url", "image_url": {"url": write_data_url(part)}}
        if isinstance(part, ImagePart)
        else {"type": "text", "text": part.text}
        for part in message.parts
    ]


def _write_format(request: Request) -> JsonObject | None:
    if request.output_schema is None:
        return None
    schema, is_strict = make_strict(request.output_schema)
    named = {"name": request.output_name, "schema": schema, "strict": is_strict}
    return {"type": "json_schema", "json_schema": named}


def read_chat(body: Mapping[str, Any], request_id: str | None) -> Completion:
    """Read a completion from the body of an answer."""
    choice = body["choices"][0]
    message = choice["message"]
    refusal = message.get("refusal")
    return Completion(
        text=refusal or _read_content(message["content"]),
        finish_reason="refusal" if refusal else _FINISH.get(choice.get("finish_reason") or "", "other"),
        usage=_read_usage(body.get("usage") or {}),
        model=body.get("model") or "",
        request_id=request_id,
    )


def _read_content(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def _read_usage(usage: Mapping[str, Any]) -> Usage:
    prompt = usage.get("prompt_tokens_details") or {}
    spoken = usage.get("completion_tokens_details") or {}
    return Usage(
        input_tokens=usage.get("prompt_tokens") or 0,
        output_tokens=usage.get("completion_tokens") or 0,
        reasoning_tokens=spoken.get("reasoning_tokens") or 0,
        cached_input_tokens=prompt.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or 0,
        cache_write_tokens=prompt.get("cache_write_tokens") or 0,
    )
