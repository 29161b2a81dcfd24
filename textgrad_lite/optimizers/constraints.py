"""Hard constraints: what a rewrite must fulfil, checked by plain code and never by a model.

A constraint is told to the optimizer beforehand (:meth:`Constraint.describe`). A rewrite that breaks one
is told so (:meth:`Constraint.check`) a limited number of times; one that still breaks it is dropped.
"""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from textgrad_lite.errors import ConfigurationError, MissingDependencyError
from textgrad_lite.prompts import PromptTemplate

Check = Callable[[str], object]


class Constraint(ABC):
    """One condition on the text of a parameter."""

    @abstractmethod
    def check(self, old: str, new: str, /) -> str | None:
        """Judge a rewrite.

        Args:
            old: The text before.
            new: The text that a model proposes.

        Returns:
            The violation, as a sentence to the model that wrote it, or None where there is none.
        """

    def describe(self, _old: str, /) -> str:
        """Say beforehand, as a sentence to the model, what a rewrite of the old text must fulfil.

        An empty text where saying it would give away more than it helps.
        """
        return ""


def first_violation(constraints: Iterable[Constraint], old: str, new: str) -> str | None:
    """The first violation of a rewrite, in the order of the constraints, or None."""
    violations = (constraint.check(old, new) for constraint in constraints)
    return next((violation for violation in violations if violation), None)


@dataclass(frozen=True)
class KeepsPlaceholders(Constraint):
    """Every ``{placeholder}`` of the old text stays, and none is invented.

    Meant for prompts that are filled with the fields of an example. In code or LaTeX, where ``{x}`` is no
    placeholder, leave it out.
    """

    def check(self, old: str, new: str, /) -> str | None:
        """Name the placeholders that are missing or new."""
        before, after = (PromptTemplate.parse(text).placeholders for text in (old, new))
        missing = [name for name in before if name not in after]
        invented = [name for name in after if name not in before]
        if missing:
            return f"The text must contain {_placeholders(missing)}, written exactly so."
        if invented:
            return f"The text must not contain {_placeholders(invented)}: nothing fills it in."
        return None

    def describe(self, old: str, /) -> str:
        """List the placeholders to keep."""
        names = PromptTemplate.parse(old).placeholders
        return (
            f"Keep {_placeholders(names)} exactly as written and add no other words in braces."
            if names
            else ""
        )


def _placeholders(names: Sequence[str]) -> str:
    return " and ".join(f"{{{name}}}" for name in names)


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text as one per four UTF-8 bytes, rounded up; no tokenizer is needed."""
    return math.ceil(len(text.encode("utf-8", errors="surrogatepass")) / 4)


@dataclass(frozen=True)
class MaxLength(Constraint):
    """The text is at most so long.

    Args:
        characters: Most characters, or None.
        tokens: Most tokens, or None.
        counts_tokens: How tokens are counted; pass the model's tokenizer where the limit must be exact.
    """

    characters: int | None = None
    tokens: int | None = None
    counts_tokens: Callable[[str], int] = estimate_tokens

    def __post_init__(self) -> None:
        if self.characters is None and self.tokens is None:
            raise ConfigurationError("MaxLength has no limit", hint="Give characters, tokens or both.")

    def check(self, _old: str, new: str, /) -> str | None:
        """Compare with the limits."""
        if self.characters is not None and len(new) > self.characters:
            return f"The text has {len(new)} characters, at most {self.characters} are allowed. Shorten it."
        if self.tokens is not None and (count := self.counts_tokens(new)) > self.tokens:
            return f"The text has about {count} tokens, at most {self.tokens} are allowed. Shorten it."
        return None

    def describe(self, _old: str, /) -> str:
        """State the limits."""
        limits = [f"{self.characters} characters"] * (self.characters is not None)
        limits += [f"{self.tokens} tokens"] * (self.tokens is not None)
        return f"Write at most {' and '.join(limits)}."


@dataclass(frozen=True)
class Matches(Constraint):
    r"""A regular expression is found in the text; anchor it with ``\A`` and ``\Z`` to match the whole.

    Args:
        pattern: The expression, or a compiled one with its flags.
        description: What it demands, in words for the model; default: the pattern itself.
    """

    pattern: str | re.Pattern[str]
    description: str = ""

    def __post_init__(self) -> None:
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ConfigurationError(f"{self.pattern!r} is no regular expression: {error}") from error

    def check(self, _old: str, new: str, /) -> str | None:
        """Search for the pattern."""
        return None if re.search(self.pattern, new) else self._demand

    def describe(self, _old: str, /) -> str:
        """State the demand."""
        return self._demand

    @property
    def _demand(self) -> str:
        pattern = self.pattern if isinstance(self.pattern, str) else self.pattern.pattern
        return self.description or f"The text must match the regular expression {pattern}"


@dataclass(frozen=True)
class JsonSchema(Constraint):
    """The whole text is JSON and fits a schema. Needs the extra ``schema``.

    Args:
        schema: A JSON schema; an empty one asks for any JSON.
    """

    schema: Mapping[str, Any]

    def __post_init__(self) -> None:
        validator = self._validator
        from jsonschema.exceptions import SchemaError

        try:
            validator.check_schema(self.schema)
        except SchemaError as error:
            raise ConfigurationError(f"this is no JSON schema: {error.message}") from error

    @cached_property
    def _validator(self) -> Any:
        try:
            from jsonschema.validators import validator_for
        except ImportError as error:
            raise MissingDependencyError("jsonschema", "schema") from error
        return validator_for(self.schema)(self.schema)

    def check(self, _old: str, new: str, /) -> str | None:
        """Parse and validate; the first error by its place in the document is reported."""
        try:
            document = json.loads(new)
        except (ValueError, RecursionError) as error:
            return f"The text must be one JSON document and nothing else: {error}."
        errors = sorted(self._validator.iter_errors(document), key=lambda error: error.json_path)
        return (
            f"The JSON does not fit its schema at {errors[0].json_path}: {errors[0].message}."
            if errors
            else None
        )

    def describe(self, _old: str, /) -> str:
        """Show the schema."""
        return f"The text must be JSON that fits this schema: {json.dumps(self.schema, sort_keys=True)}"


@dataclass(frozen=True)
class IsNumber(Constraint):
    """The text is a number.

    Args:
        kind: ``int`` or ``float``; the text is read as Python reads it.
    """

    kind: type[int] | type[float] = float

    def check(self, _old: str, new: str, /) -> str | None:
        """Read it."""
        try:
            self.kind(new)
        except ValueError:
            return self._demand
        return None

    def describe(self, _old: str, /) -> str:
        """Ask for a number."""
        return self._demand

    @property
    def _demand(self) -> str:
        return "The text must be one whole number." if self.kind is int else "The text must be one number."


@dataclass(frozen=True)
class ParsesAsPython(Constraint):
    """The text is the source of a Python module. It is parsed and never run."""

    def check(self, _old: str, new: str, /) -> str | None:
        """Parse it with the running Python's grammar."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(new)
        except SyntaxError as error:
            return f"The text must be Python code: line {error.lineno}: {error.msg}."
        except (ValueError, RecursionError, MemoryError) as error:
            return f"The text must be Python code: {str(error) or 'it is nested too deeply'}."
        return None

    def describe(self, _old: str, /) -> str:
        """Ask for code."""
        return "The text must be Python code only, without a code fence or any explanation."


@dataclass(frozen=True)
class Satisfies(Constraint):
    """Any condition, as a function of the new text.

    Args:
        condition: Returns something true where the text is good. It may also raise ``ValueError`` or
            ``AssertionError``, whose message then tells the model what is wrong; other errors stop the step.
        description: What it demands, as a sentence to the model.
    """

    condition: Check
    description: str

    def check(self, _old: str, new: str, /) -> str | None:
        """Ask the function."""
        try:
            return None if self.condition(new) else self.description
        except (ValueError, AssertionError) as error:
            return f"{self.description} ({error})" if str(error) else self.description

    def describe(self, _old: str, /) -> str:
        """State the demand."""
        return self.description
