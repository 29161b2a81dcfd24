"""How the inputs of a model call become messages, and how the same messages are shown to a reviewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from textgrad_lite.engines.types import ImagePart, Message
from textgrad_lite.errors import PlaceholderError
from textgrad_lite.graph import Argument, Image, Value
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.prompts.criticism import Part
from textgrad_lite.prompts.template import with_examples

SYSTEM = "system prompt"
INPUT = "input"


@dataclass(frozen=True)
class Arrangement:
    """The messages of one call.

    Attributes:
        system: The system message, or None.
        user: The texts and images of the user message, in order.
        parts: The same, as a reviewer is to see it: without worked examples, which nobody is to rewrite and
            which would be repeated with every criticism.
        titles: For each argument that is a whole part by itself, by its position, the title of that part.
        general: Positions of the arguments that other inputs will meet too, such as a system prompt.
        shared: How many characters at the beginning of the user message are the same for other inputs.
    """

    system: str | None
    user: tuple[str | Image, ...]
    parts: tuple[Part, ...]
    titles: Mapping[int, str] = field(default_factory=dict)
    general: frozenset[int] = frozenset()
    shared: int = 0

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages as an engine takes them."""
        system = () if self.system is None else (Message.of("system", self.system),)
        user = Message.of("user", *map(to_message_part, self.user), shared_prefix=self.shared)
        return (*system, user)

    @property
    def images(self) -> tuple[Image, ...]:
        """The images among the inputs, in order."""
        return tuple(item for item in self.user if isinstance(item, Image))


class Layout(Protocol):
    """Puts the bound inputs of a call in their places."""

    def arrange(self, arguments: Sequence[Argument]) -> Arrangement:
        """Make the messages from the arguments, which come in the order in which they were passed."""


@dataclass(frozen=True)
class DirectLayout:
    """The inputs are the user message, each a piece of it; before them may come a system prompt.

    Attributes:
        has_system: True where the first argument is the system prompt.
        examples: Worked examples as text, or an empty text.
    """

    has_system: bool
    examples: str = ""

    def arrange(self, arguments: Sequence[Argument]) -> Arrangement:
        """See :class:`Layout`."""
        inputs = arguments[self.has_system :]
        titles = {int(self.has_system): INPUT} if len(inputs) == 1 else {}
        user = tuple(to_content(argument.value) for argument in inputs)
        return _arranged(arguments[: self.has_system], self.examples, user, titles)


@dataclass(frozen=True)
class FormatLayout:
    """The inputs fill the placeholders of a fixed format; before them may come a system prompt.

    Attributes:
        template: The format of the user message.
        names: The placeholder of each input, in the order of the arguments.
        has_system: True where the first argument is the system prompt.
        examples: Worked examples as text, or an empty text.
    """

    template: PromptTemplate
    names: tuple[str, ...]
    has_system: bool
    examples: str = ""

    def arrange(self, arguments: Sequence[Argument]) -> Arrangement:
        """See :class:`Layout`."""
        inputs = arguments[self.has_system :]
        values = {name: to_content(argument.value) for name, argument in zip(self.names, inputs, strict=True)}
        user = joined(self.template.fill(values))
        arrangement = _arranged(arguments[: self.has_system], self.examples, user, {})
        return replace(arrangement, shared=len(self.template.head))


@dataclass(frozen=True)
class PromptLayout:
    """The first argument is a prompt: the system message, or a template of the user message.

    Which of the two is decided by the prompt's value in this call.

    Attributes:
        has_examples: True where the second argument is a text of worked examples.
        names: The field of each further argument.
    """

    has_examples: bool
    names: tuple[str, ...]

    def arrange(self, arguments: Sequence[Argument]) -> Arrangement:
        """See :class:`Layout`."""
        prompt, *rest = arguments
        examples = rest.pop(0).text if self.has_examples else ""
        fields = {name: to_content(argument.value) for name, argument in zip(self.names, rest, strict=True)}
        template = PromptTemplate.parse(prompt.text)
        if template.placeholders:
            return self._arrange_template(template, examples, fields)
        return self._arrange_system(prompt.text, examples, fields)

    def _arrange_template(
        self, template: PromptTemplate, examples: str, fields: Mapping[str, str | Image]
    ) -> Arrangement:
        filled = joined(template.fill(fields))
        before = f"{examples}\n\n" if examples else ""
        return Arrangement(
            system=None,
            user=joined([before, *filled]) if before else filled,
            parts=(Part("filled prompt", "filled_prompt", as_text(filled)),),
            general=frozenset({0}),
            shared=len(before) + len(template.head),
        )

    def _arrange_system(self, prompt: str, examples: str, fields: Mapping[str, str | Image]) -> Arrangement:
        if "input" not in fields:
            raise PlaceholderError(
                "the prompt has no placeholder, so it is the system message, but there is no field 'input' "
                "for the user message",
                hint=f"Given: {', '.join(fields) or 'nothing'}. Name a field in the prompt, or pass 'input'.",
            )
        images = (value for name, value in fields.items() if name != "input" and isinstance(value, Image))
        user = (*images, fields["input"])
        position = 1 + self.has_examples + self.names.index("input")
        return Arrangement(
            system=with_examples(prompt, examples),
            user=user,
            parts=(Part(SYSTEM, "system_prompt", prompt), _input_part(user)),
            titles={0: SYSTEM, position: INPUT},
            general=frozenset({0}),
        )


def to_content(value: Value) -> str | Image:
    """Turn a value of the graph into a piece of a message."""
    return value if isinstance(value, Image) else str(value)


def to_message_part(item: str | Image) -> str | ImagePart:
    """Turn a piece of a message into what an engine takes."""
    if isinstance(item, Image):
        return ImagePart(media_type=item.media_type, data=item.data, url=item.url)
    return item


def joined(pieces: Iterable[str | Image]) -> tuple[str | Image, ...]:
    """Join neighbouring texts, so that only images divide them."""
    result: list[str | Image] = []
    for piece in pieces:
        if result and isinstance(piece, str) and isinstance(result[-1], str):
            result[-1] += piece
        else:
            result.append(piece)
    return tuple(result)


def as_text(content: Iterable[str | Image]) -> str:
    """Write content as text, an image as a short mark."""
    return "\n".join(str(item) for item in content)


def _arranged(
    system: Sequence[Argument], examples: str, user: tuple[str | Image, ...], titles: Mapping[int, str]
) -> Arrangement:
    prompt = system[0].text if system else None
    whole = with_examples(prompt or "", examples) if examples else prompt
    system_parts = [Part(SYSTEM, "system_prompt", prompt)] if prompt is not None else []
    return Arrangement(
        system=whole,
        user=user,
        parts=(*system_parts, _input_part(user)),
        titles={**titles, 0: SYSTEM} if system else titles,
        general=frozenset({0}) if system else frozenset(),
    )


def _input_part(user: Iterable[str | Image]) -> Part:
    return Part(INPUT, "input", as_text(user))
