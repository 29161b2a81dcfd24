"""What a reply function sees and returns: a request and a reply in a form that no API owns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Api = Literal["chat", "responses", "messages"]
Finish = Literal["stop", "length", "refusal", "filter"]


@dataclass(frozen=True)
class LoopbackRequest:
    """A model request that arrived at the server.

    Attributes:
        api: ``"chat"`` and ``"responses"`` are OpenAI's, ``"messages"`` is Anthropic's.
        model: The model that was asked for.
        turns: (role, text) of every message in order, the system prompt first; an image is ``"[image]"``.
        schema: JSON schema that the answer has to follow, if one was given.
        body: The whole request as it came.
        headers: The headers, with secrets replaced by ``"[redacted]"``.
        key_digest: SHA-256 of the key that came with the request, hexadecimal; empty without a key.
        number: How many requests arrived before this one.
        path: The path that was asked for, without the query.
    """

    api: Api
    model: str
    turns: tuple[tuple[str, str], ...]
    schema: Mapping[str, Any] | None
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    key_digest: str
    number: int
    path: str = ""

    @property
    def system(self) -> str:
        """The system prompt, or an empty string."""
        return "\n".join(text for role, text in self.turns if role == "system")

    @property
    def prompt(self) -> str:
        """The text of the last user message, or an empty string."""
        return next((text for role, text in reversed(self.turns) if role == "user"), "")

    @property
    def text(self) -> str:
        """Everything that the model is shown, one message after another."""
        return "\n".join(text for _, text in self.turns)


@dataclass(frozen=True)
class Reply:
    """What the pretended model says.

    Attributes:
        text: Its answer.
        finish: Why it ended.
        input_tokens: Tokens billed for the request; None counts words.
        output_tokens: Tokens billed for the answer, reasoning included; None counts words.
        reasoning_tokens: Those of the output that were hidden reasoning.
        cached_tokens: Those of the input that came from the provider's prompt cache.
    """

    text: str
    finish: Finish = "stop"
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True)
class Refusal:
    """How a provider refuses a request.

    Attributes:
        status: HTTP status.
        type: The provider's type of the error.
        code: The provider's code of the error, if it has one.
        words: Its message.
        parameter: The parameter that it blames, if any.
    """

    status: int
    type: str
    code: str | None
    words: str
    parameter: str | None = None


@dataclass(frozen=True)
class TokenCounts:
    """The numbers of a reply with the gaps filled in, as the wire formats need them."""

    input: int
    output: int
    reasoning: int
    cached: int

    @classmethod
    def of(cls, request: LoopbackRequest, reply: Reply) -> TokenCounts:
        """Count a reply's tokens, a word being one token where the reply gives no number."""
        counted_input = (
            max(1, len(request.text.split())) if reply.input_tokens is None else reply.input_tokens
        )
        spoken = len(reply.text.split()) + reply.reasoning_tokens
        counted_output = spoken if reply.output_tokens is None else reply.output_tokens
        return cls(counted_input, counted_output, reply.reasoning_tokens, reply.cached_tokens)


Said = str | Reply | Mapping[str, Any] | Sequence[Any]
"""What a reply function may return: a text, a whole reply, or something that becomes JSON text."""

ReplyFunction = Callable[[LoopbackRequest], Said]
