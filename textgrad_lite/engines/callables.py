"""Functions and foreign engines as engines.

Anything that turns a text into a text can stand where a model stands: a function, an object with
``generate``, an engine that was written for textgrad.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any
from weakref import finalize

from textgrad_lite import runtime
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, ImagePart, Message, Request
from textgrad_lite.errors import ConfigurationError

_PASSED_ON = ("temperature", "top_p", "max_tokens", "stop", "seed", "reasoning_effort")


class EngineLM:
    """Base for engines written in the manner of textgrad: override ``generate``, ``__call__`` or both.

    Attributes:
        system_prompt: What is used where no system prompt is given.
        model_string: Name of the model.
    """

    system_prompt: str = "You are a helpful, creative, and smart assistant."
    model_string: str = ""

    def generate(self, prompt: Any, system_prompt: str | None = None, **parameters: Any) -> str:
        """Answer a prompt: a text, or a list of texts and image bytes."""
        raise NotImplementedError(f"{type(self).__name__} overrides neither generate nor __call__")

    def __call__(self, prompt: Any, system_prompt: str | None = None, **parameters: Any) -> str:
        """Same as `generate`."""
        return self.generate(prompt, system_prompt, **parameters)


class CallableEngine(Engine):
    """Asks a function of the user's, sync or async, through `runtime.call_user`.

    A function that takes ``system_prompt`` gets it apart, otherwise it is put before the prompt. Sampling
    parameters are passed on where the function takes them. With images, the prompt is a list.

    Args:
        function: Takes a text and returns one; or an object with ``generate``.
        name: Its name; made from the function where None.
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        source = function if not hasattr(function, "generate") else _choose_method(function)
        owner = source.__self__ if inspect.ismethod(source) else source
        self._function = source
        self._accepts = _accepted_names(source)
        self._place = f"{_describe(owner)}#{_count(owner)}"
        self.name = name or getattr(owner, "model_string", "") or _describe(owner).rpartition(".")[2]

    def identity(self) -> Mapping[str, str]:
        """Return where the function was defined, and which of several from there it is."""
        return {"provider": "callable", "base_url": self._place, "model": self.name}

    async def complete(self, request: Request) -> Completion:
        """Call the function.

        Raises:
            ConfigurationError: It returned no text.
            Exception: Whatever it raised.
        """
        system = "\n\n".join(message.text for message in request.messages if message.role == "system") or None
        turns = [message for message in request.messages if message.role != "system"]
        arguments = self._arguments(request)
        if system is not None and "system_prompt" in self._accepts:
            arguments["system_prompt"] = system
            system = None
        answer = await runtime.call_user(self._function, _as_prompt(system, turns), **arguments)
        if isinstance(answer, Completion):
            return answer
        if not isinstance(answer, str):
            raise ConfigurationError(
                f"the engine {self.name} returned no text but {type(answer).__name__}",
                hint="It must return a str.",
            )
        return Completion(text=answer, model=self.name)

    def _arguments(self, request: Request) -> dict[str, Any]:
        given = {name: getattr(request, name) for name in _PASSED_ON if name in self._accepts}
        return {name: value for name, value in given.items() if value not in (None, ())}


def _choose_method(engine: Any) -> Callable[..., Any]:
    overrides_generate = getattr(type(engine), "generate", None) is not EngineLM.generate
    chosen: Callable[..., Any] = engine.generate if overrides_generate else engine.__call__
    return chosen


def _accepted_names(function: Callable[..., Any]) -> frozenset[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some builtins have no signature
        return frozenset()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return frozenset((*_PASSED_ON, "system_prompt"))
    return frozenset(
        parameter.name for parameter in parameters if parameter.kind is not parameter.POSITIONAL_ONLY
    )


def _as_prompt(system: str | None, turns: list[Message]) -> Any:
    """Return one text, or a list of texts and images in order."""
    pieces: list[Any] = [] if system is None else [system]
    for turn in turns:
        heading = [f"{turn.role}:"] if len(turns) > 1 else []
        pieces += heading + [_as_piece(part) for part in turn.parts]
    if all(isinstance(piece, str) for piece in pieces):
        return "\n\n".join(pieces)
    return pieces


def _as_piece(part: Any) -> Any:
    if isinstance(part, ImagePart):
        return part.url if part.data is None else part.data
    return part.text


def _describe(owner: Any) -> str:
    named = owner if hasattr(owner, "__qualname__") else type(owner)
    return f"{getattr(named, '__module__', 'builtins')}.{named.__qualname__}"


_counts: dict[str, int] = {}
_numbers: dict[int, int] = {}
_kept: list[object] = []
"""Owners that cannot be referred to weakly; another object must not come by the id of one of them."""


def _count(owner: object) -> int:
    """Return which object of this description it is, in the order in which engines were made of them.

    Two closures of one function look alike; a run that is replayed makes them in the same order again. Told
    apart by identity, since two engines that are equal, or have no hash, may still answer differently.
    """
    number = _numbers.get(id(owner))
    if number is None:
        place = _describe(owner)
        _counts[place] = number = _numbers[id(owner)] = _counts.get(place, 0) + 1
        try:
            finalize(owner, _numbers.pop, id(owner)).atexit = False
        except TypeError:
            _kept.append(owner)
    return number
