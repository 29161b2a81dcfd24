"""The whole error tree of the library, in one place.

Every error says what happened, where, and, in ``hint``, what to do next. Errors of foreign libraries
are mapped to the most specific class here at the one edge where they arise::

    TextgradError
    ├── ConfigurationError            an option, name or key is wrong or missing
    │   ├── UnknownNameError          a name that no table holds; lists the nearest known ones
    │   ├── MissingDependencyError    an extra has to be installed
    │   └── MissingKeyError           no API key for a provider
    ├── DataError                     a data file, with path, line and field
    ├── MetricError                   a metric of the user's raised, or returned what is no score
    ├── PromptError                   a prompt file or template
    │   └── PlaceholderError          a placeholder without a value, or an invented one
    ├── GraphError                    the computation graph
    │   ├── BlockingReadError         a blocking read on the runtime's own loop thread
    │   ├── ImageError                a file or an address that is no image
    │   ├── FunctionError             a function of the graph failed; ``__cause__`` is the original
    │   ├── BackwardError             branches of a backward pass failed
    │   ├── StaleGradientError        a gradient criticises a value that has been replaced
    │   └── WorkCancelledError        the work behind a value was cancelled
    ├── EngineError                   a language model could not be asked
    │   ├── AuthenticationError       the key is wrong (401)
    │   ├── PermissionDeniedError     the key may not do this (403)
    │   ├── BadRequestError           the request is wrong (400, 422)
    │   │   ├── UnsupportedParameterError   the model rejects a parameter, which is learned
    │   │   └── ContextLengthError    the prompt is longer than the model's context
    │   ├── ModelNotFoundError        no such model at that server (404)
    │   ├── RateLimitError            too many requests (429)
    │   ├── OverloadedError           the provider is overloaded (529, 503)
    │   ├── EngineConnectionError     no connection
    │   ├── EngineTimeoutError        no answer in time
    │   ├── ServerError               the provider failed (5xx)
    │   └── InvalidResponseError      an answer that is not of the API's form
    ├── BudgetExceededError           a limit on calls, tokens, money or time is reached
    ├── ParseError                    a model's reply cannot be read
    ├── RealRequestError              a test tried to reach the network
    ├── ScriptExhaustedError          a test double was asked what its script does not answer
    ├── SandboxError                  programs cannot be run safely here, or the sandbox itself failed
    └── RunError                      a run folder
        ├── RunExistsError            it holds a run already
        ├── RunLockedError            another process is using it
        └── RunChangedError           prompt, data or config differ from the run to be resumed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar


class TextgradError(Exception):
    """Base of all errors of this library.

    Attributes:
        hint: What to do next, or an empty string.
        retryable: True where the same request may succeed a moment later.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class ConfigurationError(TextgradError):
    """An option, a name or a key is wrong or missing."""


class UnknownNameError(ConfigurationError):
    """A name that no table holds.

    Args:
        what: The kind of thing that was named, such as ``"metric"``.
        name: The name as given.
        known: Every name that would have been accepted.
    """

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        nearest = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
        super().__init__(f"unknown {what} {name!r}", hint=f"{hint}Known: {', '.join(names)}.")
        self.name = name


class MissingDependencyError(ConfigurationError):
    """A feature needs a package that is not installed.

    Args:
        package: The package.
        extra: The extra that brings it; empty where it belongs to every installation.
    """

    def __init__(self, package: str, extra: str = "") -> None:
        wanted = f"'textgrad-lite[{extra}]', in a clone of it '.[{extra}]'" if extra else package
        super().__init__(
            f"this needs the package {package!r}, which is not installed",
            hint=f"Install it with: pip install {wanted}",
        )


class MissingKeyError(ConfigurationError):
    """There is no API key for a provider."""

    def __init__(self, provider: str, variable: str) -> None:
        super().__init__(
            f"no API key for {provider}: the environment variable {variable} is not set",
            hint=f"Set {variable} (a .env file is read too), or name another variable: --api-key-env on the "
            "command line, api_key_env in Python.",
        )


class DataError(TextgradError):
    """A data file cannot be used.

    Args:
        message: What is wrong.
        path: The file.
        line: Its line, counted from 1.
        field: The field of that line.
        hint: What to do next.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        field: str | None = None,
        hint: str = "",
    ) -> None:
        place = ":".join(str(part) for part in (path, line) if part is not None)
        where = f"{place}: " if place else ""
        named = f" (field {field!r})" if field else ""
        super().__init__(f"{where}{message}{named}", hint=hint)
        self.path = path
        self.line = line
        self.field = field


class MetricError(TextgradError):
    """A metric raised, or returned something that is no score. Raised ``from`` the original error."""


class PromptError(TextgradError):
    """A prompt file or a template cannot be used."""


class PlaceholderError(PromptError):
    """A placeholder has no value, or a text invents one."""


class GraphError(TextgradError):
    """The computation graph is used in a way it cannot work."""


class ImageError(GraphError):
    """A file, an address or bytes cannot be read as an image."""


class BlockingReadError(GraphError):
    """A value was read in a blocking way on the runtime's own loop thread."""


class FunctionError(GraphError):
    """A function of the graph failed. Raised ``from`` the original error.

    Args:
        function: Name of the function.
        role: Role description of its output.
        engine: Name of the engine that it used, if any.
        cause: The original error.
    """

    def __init__(self, *, function: str, role: str, engine: str | None, cause: BaseException) -> None:
        asked = f" with {engine}" if engine else ""
        super().__init__(
            f"{function}{asked} failed while making {role!r}: {type(cause).__name__}: {cause}",
        )
        self.function = function
        self.role = role
        self.engine = engine


class BackwardError(GraphError):
    """Some branches of a backward pass failed; the others are complete.

    Args:
        failures: One error per failed node, in the order of the program.
    """

    def __init__(self, failures: Sequence[Exception]) -> None:
        listed = "\n".join(f"  - {failure}" for failure in failures)
        super().__init__(
            f"{len(failures)} node(s) of the backward pass failed:\n{listed}",
            hint='The other branches have their gradients. on_error="skip" leaves failed branches out.',
        )
        self.failures = tuple(failures)


class StaleGradientError(GraphError):
    """A gradient criticises a value that has been replaced since."""


class WorkCancelledError(GraphError):
    """The work behind a value was cancelled: by an interrupt, by ``shutdown()`` or because of a fork."""


class EngineError(TextgradError):
    """A language model could not be asked, or did not answer.

    Args:
        message: What happened, free of keys and headers.
        provider: Name of the provider.
        model: Name of the model.
        status: HTTP status, if there was one.
        request_id: The provider's id of the request, for its support.
        hint: What to do next.
    """

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        model: str = "",
        status: int | None = None,
        request_id: str | None = None,
        hint: str = "",
    ) -> None:
        name = "/".join(part for part in (provider, model) if part)
        details = ", ".join(
            [f"status {status}"] * (status is not None) + [f"request {request_id}"] * (request_id is not None)
        )
        super().__init__(
            f"{name}: {message}{f' ({details})' if details else ''}" if name else message,
            hint=hint,
        )
        self.provider = provider
        self.model = model
        self.status = status
        self.request_id = request_id


class AuthenticationError(EngineError):
    """The key is wrong."""


class PermissionDeniedError(EngineError):
    """The key is valid but may not do this."""


class BadRequestError(EngineError):
    """The request itself is wrong; sending it again cannot help."""


class UnsupportedParameterError(BadRequestError):
    """The model rejects one parameter, and the provider has learned to do without it.

    The same request, sent again at once, goes without the parameter.

    Attributes:
        parameter: Its name on the wire.
        retry_after: Nothing has to be waited for.
    """

    retryable = True
    parameter: str = ""
    retry_after: float | None = 0.0


class ContextLengthError(BadRequestError):
    """The prompt is longer than the model's context."""


class ModelNotFoundError(EngineError):
    """The server does not know the model."""


class RateLimitError(EngineError):
    """Too many requests.

    Attributes:
        retry_after: Seconds after which the server wants to be asked again, if it said so.
    """

    retryable = True
    retry_after: float | None = None


class OverloadedError(EngineError):
    """The provider is overloaded."""

    retryable = True
    retry_after: float | None = None


class EngineConnectionError(EngineError):
    """There is no connection to the provider."""

    retryable = True


class EngineTimeoutError(EngineError):
    """The provider did not answer in time."""

    retryable = True


class ServerError(EngineError):
    """The provider failed."""

    retryable = True
    retry_after: float | None = None


class InvalidResponseError(EngineError):
    """The answer is not of the form that the API promises."""

    retryable = True


class BudgetExceededError(TextgradError):
    """A limit on calls, tokens, money or time is reached; nothing beyond it was sent.

    Args:
        message: What was asked for and what was left.
        limit: Which limit: ``"calls"``, ``"tokens"``, ``"usd"`` or ``"seconds"``.
    """

    def __init__(self, message: str, *, limit: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.limit = limit


class ParseError(TextgradError):
    """A model's reply cannot be read."""


class ScriptExhaustedError(TextgradError):
    """A test double was asked something that its script does not answer."""


class RealRequestError(TextgradError):
    """A test that forbids real requests tried to make one."""


class SandboxError(TextgradError):
    """Programs cannot be run safely here, or the sandbox itself failed. Says nothing about the program."""


class RunError(TextgradError):
    """A run folder cannot be used."""


class RunExistsError(RunError):
    """The folder holds a run already."""


class RunLockedError(RunError):
    """Another process is using the folder."""


class RunChangedError(RunError):
    """Prompt, data or configuration differ from those of the run to be resumed."""
