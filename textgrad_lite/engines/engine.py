"""The one thing that every model, layer and test double is: an engine.

An engine turns a `Request` into a `Completion`. Providers, the layers of the stack, plain callables and
test doubles all share this base, so each can stand in another's place.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from textgrad_lite import runtime
from textgrad_lite.engines.content import Content, make_request
from textgrad_lite.engines.pricing import Pricing
from textgrad_lite.engines.types import Completion, ImagePart, Request

IMAGE_TOKENS = 50_000
"""Upper bound on the tokens of one image; the dearest published scheme (many tiles) stays below it."""

MESSAGE_TOKENS = 16
"""Upper bound on what a chat template puts round one message."""

TEMPLATE_TOKENS = 128
"""Upper bound on what a chat template puts round a conversation, a default system prompt included."""


class Engine(ABC):
    """Answers requests.

    Attributes:
        name: How the engine is called in messages and accounts, such as ``"openai/gpt-5-mini"``.
        supports_schema: True where `Request.output_schema` is enforced by the server.
        context_window: Tokens of prompt and answer together that fit, or None where unknown.
        pricing: What calls cost, or None where that is unknown.
    """

    name: str
    supports_schema: bool = False
    context_window: int | None = None
    pricing: Pricing | None = None

    @abstractmethod
    async def complete(self, request: Request) -> Completion:
        """Answer a request. Runs on the runtime's loop.

        Raises:
            EngineError: The model could not be asked or did not answer.
            BudgetExceededError: A limit does not allow the call.
        """

    def recall(self, request: Request) -> Completion | None:  # noqa: ARG002
        """Return the answer if it is at hand, so that it need not be asked for. From any thread.

        Returns:
            What `complete` would answer from a cache, accounted for in the same way; or None, which says
            nothing: `complete` finds out.
        """
        return None

    def identity(self) -> Mapping[str, str]:
        """Return what tells this engine's answers from another's; it goes into the cache key.

        Providers give ``provider``, ``base_url`` and ``model``. Never a key or a header.
        """
        return {"provider": type(self).__name__, "base_url": "", "model": self.name}

    def check(self, request: Request) -> None:  # noqa: B027 - most engines refuse nothing beforehand
        """Refuse a request that the server is known to refuse. Called before anything is set aside or sent.

        Raises:
            BadRequestError: It would be refused.
        """

    def counts_tokens(self, request: Request) -> int:
        """Return an upper bound on the tokens of the request's prompt.

        A token of a byte-level vocabulary holds at least one byte, so UTF-8 bytes plus what a chat template
        adds bound it without a tokenizer.
        """
        return TEMPLATE_TOKENS + _schema_tokens(request) + sum(map(_message_tokens, request.messages))

    def generate(self, content: Content, system_prompt: str | None = None, **parameters: Any) -> str:
        """Ask with a text, or a list of texts and images, and wait for the answer's text.

        Args:
            content: A text, or texts and image bytes in order.
            system_prompt: The system message.
            **parameters: Further fields of `Request`, such as ``temperature``.

        Raises:
            BlockingReadError: Called on the runtime's own loop thread; use `agenerate` there.
        """
        runtime.forbid_blocking()
        request = make_request(content, system_prompt, **parameters)
        completion = self.recall(request)  # a tenth of what the way to the loop and back takes
        return (runtime.run(self.complete(request)) if completion is None else completion).text

    def __call__(self, content: Content, system_prompt: str | None = None, **parameters: Any) -> str:
        """Same as `generate`."""
        return self.generate(content, system_prompt, **parameters)

    async def agenerate(self, content: Content, system_prompt: str | None = None, **parameters: Any) -> str:
        """Same as `generate`, from any event loop."""
        request = make_request(content, system_prompt, **parameters)
        return (await runtime.arun(self.complete(request))).text

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


def _message_tokens(message: Any) -> int:
    return MESSAGE_TOKENS + sum(
        IMAGE_TOKENS if isinstance(part, ImagePart) else len(part.text.encode()) for part in message.parts
    )


def _schema_tokens(request: Request) -> int:
    parts: Sequence[Any] = [part for part in (request.output_schema, request.extra) if part]
    return sum(len(json.dumps(part)) for part in parts)
