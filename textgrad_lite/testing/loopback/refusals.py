"""The status and the words with which the real providers refuse a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textgrad_lite.testing.loopback.faults import Fault, FaultKind
from textgrad_lite.testing.loopback.messages import LoopbackRequest, Refusal

# {model}, {parameter}, {instead} and {tokens} are filled in.
_OPENAI: Mapping[FaultKind, Refusal] = {
    "rate_limit": Refusal(
        429,
        "requests",
        "rate_limit_exceeded",
        "Rate limit reached for {model} on requests per min (RPM): Limit 500, Used 500, Requested 1.",
    ),
    "quota": Refusal(
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "server_error": Refusal(
        500, "server_error", None, "The server had an error while processing your request. Sorry about that!"
    ),
    "overloaded": Refusal(
        503, "server_error", None, "The engine is currently overloaded, please try again later"
    ),
    "unauthorized": Refusal(
        401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-te**********key."
    ),
    "forbidden": Refusal(
        403,
        "invalid_request_error",
        "unsupported_country_region_territory",
        "Country, region, or territory not supported",
    ),
    "model_not_found": Refusal(
        404,
        "invalid_request_error",
        "model_not_found",
        "The model `{model}` does not exist or you do not have access to it.",
    ),
    "responses_only": Refusal(
        404,
        "invalid_request_error",
        None,
        "This model is only supported in v1/responses and not in v1/chat/completions.",
    ),
    "context_length": Refusal(
        400,
        "invalid_request_error",
        "context_length_exceeded",
        "This model's maximum context length is 8192 tokens. However, your messages resulted in {tokens}"
        " tokens. Please reduce the length of the messages.",
    ),
    "unsupported_parameter": Refusal(
        400,
        "invalid_request_error",
        "unsupported_parameter",
        "Unsupported parameter: '{parameter}' is not supported with this model.{instead}",
    ),
    "unsupported_value": Refusal(
        400,
        "invalid_request_error",
        "unsupported_value",
        "Unsupported value: '{parameter}' does not support that value with this model."
        " Only the default (1) value is supported.",
    ),
    "bad_request": Refusal(400, "invalid_request_error", None, "Invalid value for 'messages'."),
}

_ANTHROPIC: Mapping[FaultKind, Refusal] = {
    "rate_limit": Refusal(
        429, "rate_limit_error", None, "This request would exceed your organization's rate limit."
    ),
    "quota": Refusal(
        400,
        "invalid_request_error",
        None,
        "Your credit balance is too low to access the Anthropic API."
        " Please go to Plans & Billing to upgrade or purchase credits.",
    ),
    "server_error": Refusal(500, "api_error", None, "Internal server error"),
    "overloaded": Refusal(529, "overloaded_error", None, "Overloaded"),
    "unauthorized": Refusal(401, "authentication_error", None, "invalid x-api-key"),
    "forbidden": Refusal(
        403, "permission_error", None, "Your API key does not have permission to use the specified resource."
    ),
    "model_not_found": Refusal(404, "not_found_error", None, "model: {model}"),
    "context_length": Refusal(
        400, "invalid_request_error", None, "prompt is too long: {tokens} tokens > 200000 maximum"
    ),
    "unsupported_parameter": Refusal(
        400, "invalid_request_error", None, "`{parameter}` is deprecated for this model."
    ),
    "unsupported_value": Refusal(
        400, "invalid_request_error", None, "{parameter}: Extra inputs are not permitted"
    ),
    "bad_request": Refusal(
        400, "invalid_request_error", None, "messages: roles must alternate between user and assistant"
    ),
}


def find_refusal(fault: Fault, request: LoopbackRequest) -> Refusal | None:
    """Return how the request's provider words the fault; None if the fault is not a refusal."""
    refusal = (_ANTHROPIC if request.api == "messages" else _OPENAI).get(fault.kind)
    if refusal is None:
        return None
    instead = " Use 'max_completion_tokens' instead." if fault.parameter == "max_tokens" else ""
    words = refusal.words.format(
        model=request.model, parameter=fault.parameter, instead=instead, tokens=len(request.text.split())
    )
    return replace(refusal, words=fault.message or words, parameter=fault.parameter)
