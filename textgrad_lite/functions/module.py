"""Modules: what holds parameters and runs them, as in PyTorch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.functions.example_slot import ExampleSlot
from textgrad_lite.graph import Value, Variable
from textgrad_lite.prompts import render_worked_examples

Json = Any


class Module(ABC):
    """A part of a program that has parameters.

    The parameters are the trainable Variables, outputs of calls left out, among the attributes of the module,
    of the modules in its attributes, and of lists, tuples and dictionaries of either. They are named by where
    they stand, such as ``"critic.system_prompt"`` or ``"steps.0.prompt"``, in the order in which the
    attributes were set; a Variable that stands in several places has its first name.
    """

    @abstractmethod
    def forward(self, *args: Any, **kwargs: Any) -> Variable:
        """Run the module; returns at once with a pending Variable."""

    def __call__(self, *args: Any, **kwargs: Any) -> Variable:
        """Same as :meth:`forward`."""
        return self.forward(*args, **kwargs)

    async def aforward(self, *args: Any, **kwargs: Any) -> Variable:
        """Run the module and wait for its output, from any event loop."""
        output = self.forward(*args, **kwargs)
        await output
        return output

    def named_parameters(self) -> dict[str, Variable]:
        """The trainable Variables, by name."""
        return {name: variable for name, variable in self._variables().items() if _is_parameter(variable)}

    def parameters(self) -> list[Variable]:
        """The trainable Variables, each once."""
        return list(self.named_parameters().values())

    def frozen_texts(self) -> dict[str, Variable]:
        """The texts of the module that are not trained, by name: those whose ``requires_grad`` is False."""
        return {
            name: variable
            for name, variable in self._variables().items()
            if variable.is_cut and variable.call is None and isinstance(variable.value, str)
            if not isinstance(variable, ExampleSlot)
        }

    def zero_grad(self) -> None:
        """Forget all criticism of the parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def state_dict(self) -> dict[str, Json]:
        """What training may change, as JSON data: the parameters' values and the slots' worked examples."""
        return {name: _to_state(name, variable) for name, variable in self._stateful().items()}

    def load_state_dict(self, state: Mapping[str, Json]) -> None:
        """Set everything that :meth:`state_dict` names, or nothing at all.

        Raises:
            ConfigurationError: The state does not fit this module. Nothing has been changed.
        """
        variables = self._stateful()
        loaded = _from_state(variables, state)
        for name, value in loaded.items():
            variable = variables[name]
            if isinstance(variable, ExampleSlot):
                variable.set_examples(ExampleSlot.from_state(state[name]))
            else:
                variable.set_value(value)

    def substitution(self, state: Mapping[str, Json]) -> dict[Variable, Value]:
        """Turn a state into what :func:`textgrad_lite.graph.substituted` takes; nothing is changed.

        Raises:
            ConfigurationError: The state does not fit this module.
        """
        variables = self._stateful()
        return {variables[name]: value for name, value in _from_state(variables, state).items()}

    def _stateful(self) -> dict[str, Variable]:
        return {
            name: variable
            for name, variable in self._variables().items()
            if _is_parameter(variable) or isinstance(variable, ExampleSlot)
        }

    def _variables(self) -> dict[str, Variable]:
        found: dict[Variable, str] = {}
        for name, variable in _walk(self, "", ()):
            found.setdefault(variable, name)
        return {name: variable for variable, name in found.items()}


def _walk(item: object, name: str, inside: tuple[int, ...]) -> Iterator[tuple[str, Variable]]:
    """Find the Variables in an attribute; ``inside`` are the ids of what it stands in, against cycles."""
    if isinstance(item, Variable):
        yield name, item
    elif id(item) not in inside:
        for key, part in _parts(item):
            yield from _walk(part, f"{name}.{key}" if name else key, (*inside, id(item)))


def _parts(item: object) -> Iterator[tuple[str, object]]:
    if isinstance(item, Module):
        yield from vars(item).items()
    elif isinstance(item, (list, tuple)):
        yield from ((str(index), part) for index, part in enumerate(item))
    elif isinstance(item, dict):
        yield from ((str(key), part) for key, part in item.items())


def _is_parameter(variable: Variable) -> bool:
    """Whether it is trainable and no output that the module happens to keep."""
    return variable.requires_grad and variable.call is None


def _to_state(name: str, variable: Variable) -> Json:
    if isinstance(variable, ExampleSlot):
        return variable.to_state()
    value = variable.value
    if not isinstance(value, (str, int, float)):
        raise ConfigurationError(
            f"the parameter {name!r} is an image, which a state cannot hold",
            hint="Set requires_grad=False on it.",
        )
    return value


def _from_state(variables: Mapping[str, Variable], state: Mapping[str, Json]) -> dict[str, Value]:
    missing = [name for name in variables if name not in state]
    unknown = [name for name in state if name not in variables]
    if missing or unknown:
        raise ConfigurationError(
            "the state does not fit this module",
            hint=f"Missing: {', '.join(missing) or 'none'}. Unknown: {', '.join(unknown) or 'none'}.",
        )
    return {name: _to_value(name, variable, state[name]) for name, variable in variables.items()}


def _to_value(name: str, variable: Variable, entry: Json) -> Value:
    if isinstance(variable, ExampleSlot):
        return render_worked_examples(ExampleSlot.from_state(entry))
    if not isinstance(entry, (str, int, float)):
        raise ConfigurationError(f"the state of {name!r} is a {type(entry).__name__}, not a text or a number")
    return entry
