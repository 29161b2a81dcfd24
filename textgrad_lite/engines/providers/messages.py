"""Anthropic's messages API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textgrad_lite.engines.providers.wire import JsonObject, Wire, drop_empty, encode_image
from textgrad_lite.engines.types import Completion, FinishReason, ImagePart, Message, Request, TextPart, Usage

_FINISH: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}

SHORTEST_CACHED_PREFIX = 4000
"""Characters below which a prefix is not marked: the server caches none of under about 1,000 tokens."""

_MARK: Mapping[str, JsonObject] = {"cache_control": {"type": "ephemeral"}}


def make_messages_wire(*, prompt_caching: bool, default_max_tokens: int) -> Wire:
    """Return the API with these habits.

    Args:
        prompt_caching: Mark what other requests begin with too, where it is long, for the server's cache.
        default_max_tokens: The output limit, which the API requires, of a request that has none.
    """

    def write(request: Request, token_field: str) -> JsonObject:
        limit = request.max_tokens or default_max_tokens
        return {**write_messages(request, prompt_caching=prompt_caching), token_field: limit, **request.extra}

    return Wire(
        path="/v1/messages",
        request_id_header="request-id",
        fields={
            "top_p": "top_p",
            "temperature": "temperature",
            "stop": "stop_sequences",
            "reasoning_effort": "effort",
            "output_schema": "output_config",
        },
        lacking=("seed",),
        token_fields=("max_tokens",),
        write=write,
        read=read_messages,
    )


def write_messages(request: Request, *, prompt_caching: bool) -> JsonObject:
    """Write the body of a request, but for its output limit.

    Of the four marks that the API allows, at most two are set: one after the system prompt, one after the
    prefix of the first message that other requests share.
    """
    system = "\n\n".join(message.text for message in request.messages if message.role == "system")
    turns = [message for message in request.messages if message.role != "system"]
    optional = {
        "system": _write_system(system, is_marked=prompt_caching and _is_long(system)) if system else None,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop_sequences": list(request.stop) or None,
        "output_config": _write_output_config(request) or None,
    }
    messages = [{"role": message.role, "content": _write_content(message)} for message in turns]
    if prompt_caching and turns and _is_long(system + turns[0].text[: turns[0].shared_prefix]):
        messages[0]["content"] = _mark_prefix(messages[0]["content"], turns[0].shared_prefix)
    return {"messages": messages, **drop_empty(optional)}


def _is_long(prefix: str) -> bool:
    return len(prefix) >= SHORTEST_CACHED_PREFIX


def _write_system(text: str, *, is_marked: bool) -> str | list[JsonObject]:
    return [{"type": "text", "text": text, **_MARK}] if is_marked else text


def _write_content(message: Message) -> str | list[JsonObject]:
    if not any(isinstance(part, ImagePart) for part in message.parts):
        return message.text
    return [_write_part(part) for part in message.parts]


def _mark_prefix(content: str | list[JsonObject], length: int) -> str | list[JsonObject]:
    """Divide the first text of a message after its prefix and mark that; the API takes no blank texts."""
    first, *rest = [{"type": "text", "text": content}] if isinstance(content, str) else content
    text = first.get("text", "")
    prefix, ending = text[:length], text[length:]
    if not prefix.strip():
        return content
    if not ending.strip():
        return [{**first, **_MARK}, *rest]
    return [{"type": "text", "text": prefix, **_MARK}, {"type": "text", "text": ending}, *rest]


def _write_part(part: TextPart | ImagePart) -> JsonObject:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    if part.data is None:
        return {"type": "image", "source": {"type": "url", "url": part.url}}
    source = {"type": "base64", "media_type": part.media_type, "data": encode_image(part.data)}
    return {"type": "image", "source": source}


def _write_output_config(request: Request) -> JsonObject:
    schema = request.output_schema
    return drop_empty(
        {"effort": request.reasoning_effort, "format": None if schema is None else _write_format(schema)}
    )


def _write_format(schema: dict[str, Any]) -> JsonObject:
    from anthropic import transform_schema

    return {"type": "json_schema", "schema": transform_schema(schema)}


def read_messages(body: Mapping[str, Any], request_id: str | None) -> Completion:
    """Read a completion from the body of an answer; thinking is left out."""
    return Completion(
        text="".join(block["text"] for block in body["content"] if block["type"] == "text"),
        finish_reason=_FINISH.get(body["stop_reason"], "other"),
        usage=_read_usage(body.get("usage") or {}),
        model=body.get("model") or "",
        request_id=request_id,
    )


def _read_usage(usage: Mapping[str, Any]) -> Usage:
    read = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    return Usage(
        input_tokens=(usage.get("input_tokens") or 0) + read + written,
        output_tokens=usage.get("output_tokens") or 0,
        reasoning_tokens=(usage.get("output_tokens_details") or {}).get("thinking_tokens") or 0,
        cached_input_tokens=read,
        cache_write_tokens=written,
    )
