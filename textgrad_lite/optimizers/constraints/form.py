"""The form that a text must have: a pattern, JSON, a number or Python code."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from textgrad_lite.errors import ConfigurationError, MissingDependencyError
from textgrad_lite.optimizers.constraints.constraint import Constraint


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
