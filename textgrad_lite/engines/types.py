"""What is asked of a model and what it answers: plain, frozen values that every layer passes on.

They are pydantic models, so that a cache, a journal or a recording can write them as JSON and read them
back checked. Nothing in them is secret; image bytes are left out of every ``repr`` and of `Request.redacted`.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, NonNegativeInt, model_validator

Role = Literal["system", "user", "assistant"]
Purpose = Literal["forward", "loss", "backward", "optimizer", "judge"]
FinishReason = Literal["stop", "length", "refusal", "filter", "other"]


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,  # it may hold the bytes of an image
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )


def _without_lone_surrogates(text: str) -> str:
    """Replace half characters, which a cut-off answer may end in and which no file can hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


Text = Annotated[str, AfterValidator(_without_lone_surrogates)]


class TextPart(_Frozen):
    """A piece of text in a message."""

    kind: Literal["text"] = "text"
    text: Text


class ImagePart(_Frozen):
    """An image in a message: its bytes with their media type, or the URL where the server finds it."""

    kind: Literal["image"] = "image"
    media_type: str | None = None
    data: bytes | None = Field(default=None, repr=False)
    url: str | None = None

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if (self.data is None) == (self.url is None):
            raise ValueError("an image part has either data or a url")
        if self.data is not None and self.media_type is None:
            raise ValueError("an image part with data needs its media_type, such as 'image/png'")
        if self.url is not None and not self.url.startswith(("http://", "https://")):
            raise ValueError("the url of an image part begins with http:// or https://; data: goes into data")
        return self

    @property
    def digest(self) -> str | None:
        """SHA-256 of the bytes in hex, or None where there is only a URL."""
        return None if self.data is None else hashlib.sha256(self.data).hexdigest()


Part = Annotated[TextPart | ImagePart, Field(discriminator="kind")]


class Message(_Frozen):
    """One turn of a conversation.

    Attributes:
        role: Whose turn it is.
        parts: Texts and images, in order.
        shared_prefix: How many characters at its beginning other requests begin with too, for a server that
            keeps what it has read of a prompt. Not part of what is asked, and so neither written nor in keys.
    """

    role: Role
    parts: tuple[Part, ...]
    shared_prefix: NonNegativeInt = Field(default=0, exclude=True, repr=False)

    @classmethod
    def of(cls, role: Role, *parts: str | TextPart | ImagePart, shared_prefix: int = 0) -> Self:
        """Make a message from texts and parts, in this order."""
        return cls(
            role=role,
            parts=tuple(TextPart(text=part) if isinstance(part, str) else part for part in parts),
            shared_prefix=shared_prefix,
        )

    @property
    def text(self) -> str:
        """All text of the message, its pieces joined by newlines; images are left out."""
        return "\n".join(part.text for part in self.parts if isinstance(part, TextPart))


class Request(_Frozen):
    """Everything that is asked of a model in one call.

    A parameter that is None is left to the engine's defaults and then to the server's.

    Attributes:
        messages: The conversation; system messages first.
        temperature: Sampling temperature.
        top_p: Nucleus sampling mass.
        max_tokens: Most tokens that may be answered, reasoning included.
        stop: Strings at which the answer ends.
        seed: Seed of the server's sampling.
        reasoning_effort: How long a reasoning model may think, in the provider's words.
        extra: Further fields of the request's body, passed on as they are.
        output_schema: JSON schema that the answer has to satisfy.
        output_name: Name of that schema on the wire.
        sample: ``(draw, attempt)``: which of several draws this is by its place in the program, and how often
            its answer could not be used. Not sent; it only tells otherwise equal requests apart.
        purpose: What the call is for; only for accounting and test doubles.
    """

    messages: tuple[Message, ...]
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: Annotated[int, Field(gt=0)] | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    reasoning_effort: str | None = None
    extra: dict[str, JsonValue] = Field(default_factory=dict)
    output_schema: dict[str, JsonValue] | None = None
    output_name: str = "answer"
    sample: tuple[NonNegativeInt, NonNegativeInt] = (0, 0)
    purpose: Purpose = "forward"

    def with_attempt(self, attempt: int) -> Self:
        """Return the same request for the next try after an answer that could not be used."""
        return self.model_copy(update={"sample": (self.sample[0], attempt)})

    def redacted(self) -> dict[str, JsonValue]:
        """Return the request as JSON data with each image's digest in place of its bytes."""
        form: dict[str, JsonValue] = self.model_dump(mode="json", exclude={"messages"})
        form["messages"] = [
            {"role": message.role, "parts": [_redacted_part(part) for part in message.parts]}
            for message in self.messages
        ]
        return form


def _redacted_part(part: TextPart | ImagePart) -> JsonValue:
    if isinstance(part, TextPart):
        return {"kind": "text", "text": part.text}
    return {"kind": "image", "media_type": part.media_type, "url": part.url, "sha256": part.digest}


class Usage(_Frozen):
    """What one call used.

    Attributes:
        input_tokens: All tokens of the prompt, those read from or written to a provider's cache included.
        output_tokens: All tokens of the answer, reasoning included.
        reasoning_tokens: The part of ``output_tokens`` that was reasoning.
        cached_input_tokens: The part of ``input_tokens`` that the provider read from its prompt cache.
        cache_write_tokens: The part of ``input_tokens`` that the provider wrote to its prompt cache.
        cost_usd: The price of the call, or None where it is unknown. Filled in by the budget layer.
    """

    input_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    reasoning_tokens: NonNegativeInt = 0
    cached_input_tokens: NonNegativeInt = 0
    cache_write_tokens: NonNegativeInt = 0
    cost_usd: float | None = None

    @property
    def total_tokens(self) -> int:
        """Tokens of prompt and answer together."""
        return self.input_tokens + self.output_tokens


class Completion(_Frozen):
    """A model's answer.

    Attributes:
        text: The answer, or what there is of it.
        finish_reason: ``"stop"`` where it is complete; ``"length"`` where it was cut off.
        usage: What the call used.
        model: Name of the model as the server reports it.
        request_id: The provider's id of the request.
        is_cached: True where the answer came from the cache and cost nothing.
    """

    text: Text
    finish_reason: FinishReason = "stop"
    usage: Usage = Usage()
    model: str = ""
    request_id: str | None = None
    is_cached: bool = False
