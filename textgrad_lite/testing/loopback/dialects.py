"""The three wire formats: how a request is read, and how a reply and an error are written.

The shapes and the wording of the errors are those of the real providers, so that what reads them is
tested against what it will meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from textgrad_lite.testing.loopback.messages import Api, LoopbackRequest, Refusal, Reply, TokenCounts

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Dialect:
    """One API of one provider.

    Attributes:
        api: Its name.
        path: How the path of its requests ends.
        request_id_header: The response header that carries the request's id.
        read_turns: Yields (role, text) of every message of a request's body.
        read_schema: Returns the JSON schema that a request's body asks for, or None.
        write_reply: Writes the body of a successful response.
        write_error: Writes the body of a refused request.
    """

    api: Api
    path: str
    request_id_header: str
    read_turns: Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]
    read_schema: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
    write_reply: Callable[[LoopbackRequest, Reply], JsonObject]
    write_error: Callable[[Refusal], JsonObject]


def read_content(content: object) -> str:
    """Return the text of a message's content: a string, or a list of text and image parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) if "text" in part else "[image]" for part in parts)


def write_openai_error(refusal: Refusal) -> JsonObject:
    """Write an error as OpenAI and the servers compatible with it do."""
    return {
        "error": {
            "message": refusal.words,
            "type": refusal.type,
            "param": refusal.parameter,
            "code": refusal.code,
        }
    }


def write_anthropic_error(refusal: Refusal) -> JsonObject:
    """Write an error as Anthropic does; it has neither codes nor parameters."""
    return {"type": "error", "error": {"type": refusal.type, "message": refusal.words}}


def _read_chat_turns(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for message in body["messages"]:
        role = "system" if message["role"] == "developer" else message["role"]
        yield role, read_content(message["content"])


def _read_chat_schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    schema: Mapping[str, Any] | None = body.get("response_format", {}).get("json_schema", {}).get("schema")
    return schema


def _write_chat_reply(request: LoopbackRequest, reply: Reply) -> JsonObject:
    counts = TokenCounts.of(request, reply)
    is_refusal = reply.finish == "refusal"
    finish = {"length": "length", "filter": "content_filter"}.get(reply.finish, "stop")
    message = {
        "role": "assistant",
        "content": None if is_refusal else reply.text,
        "refusal": reply.text if is_refusal else None,
    }
    return {
        "id": f"chatcmpl-{request.number}",
        "object": "chat.completion",
        "created": 1,
        "model": request.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": counts.input,
            "completion_tokens": counts.output,
            "total_tokens": counts.input + counts.output,
            "prompt_tokens_details": {"cached_tokens": counts.cached},
            "completion_tokens_details": {"reasoning_tokens": counts.reasoning},
        },
    }


def _read_responses_turns(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if body.get("instructions"):
        yield "system", body["instructions"]
    items = body["input"]
    for item in [{"role": "user", "content": items}] if isinstance(items, str) else items:
        yield item["role"], read_content(item["content"])


def _read_responses_schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    schema: Mapping[str, Any] | None = body.get("text", {}).get("format", {}).get("schema")
    return schema


def _write_responses_reply(request: LoopbackRequest, reply: Reply) -> JsonObject:
    counts = TokenCounts.of(request, reply)
    cut = {"length": "max_output_tokens", "filter": "content_filter"}.get(reply.finish)
    part: JsonObject = (
        {"type": "refusal", "refusal": reply.text}
        if reply.finish == "refusal"
        else {"type": "output_text", "text": reply.text, "annotations": []}
    )
    status = "incomplete" if cut else "completed"
    message = {"type": "message", "id": "msg_1", "role": "assistant", "status": status, "content": [part]}
    return {
        "id": f"resp_{request.number}",
        "object": "response",
        "created_at": 1,
        "model": request.model,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": cut} if cut else None,
        "output": [{"type": "reasoning", "id": "rs_1", "summary": []}, message],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": counts.input,
            "input_tokens_details": {"cached_tokens": counts.cached},
            "output_tokens": counts.output,
            "output_tokens_details": {"reasoning_tokens": counts.reasoning},
            "total_tokens": counts.input + counts.output,
        },
    }


def _read_messages_turns(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if body.get("system"):
        yield "system", read_content(body["system"])
    for message in body["messages"]:
        yield message["role"], read_content(message["content"])


def _read_messages_schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    schema: Mapping[str, Any] | None = body.get("output_config", {}).get("format", {}).get("schema")
    return schema


def _write_messages_reply(request: LoopbackRequest, reply: Reply) -> JsonObject:
    counts = TokenCounts.of(request, reply)
    stop = {"length": "max_tokens", "refusal": "refusal", "filter": "refusal"}.get(reply.finish, "end_turn")
    return {
        "id": f"msg_{request.number}",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": [{"type": "text", "text": reply.text}] if reply.text else [],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {
            "input_tokens": counts.input - counts.cached,
            "cache_read_input_tokens": counts.cached,
            "cache_creation_input_tokens": 0,
            "output_tokens": counts.output,
            "output_tokens_details": {"thinking_tokens": counts.reasoning},
        },
    }


DIALECTS: Mapping[Api, Dialect] = {
    "chat": Dialect(
        "chat",
        "/chat/completions",
        "x-request-id",
        _read_chat_turns,
        _read_chat_schema,
        _write_chat_reply,
        write_openai_error,
    ),
    "responses": Dialect(
        "responses",
        "/responses",
        "x-request-id",
        _read_responses_turns,
        _read_responses_schema,
        _write_responses_reply,
        write_openai_error,
    ),
    "messages": Dialect(
        "messages",
        "/v1/messages",
        "request-id",
        _read_messages_turns,
        _read_messages_schema,
        _write_messages_reply,
        write_anthropic_error,
    ),
}
