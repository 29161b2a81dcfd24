"""How a local server is run: the settings that parent and child process share."""

from __future__ import annotations

from dataclasses import dataclass, fields

from textgrad_lite.errors import ConfigurationError


@dataclass(frozen=True)
class ServerSettings:
    """Settings of one llama.cpp server.

    Attributes:
        threads: Threads that compute, or None to let a start-up probe choose.
        slots: Requests that are decoded together. Past four, a CPU gains little.
        context: Tokens of prompt and answer together that one request may use.
        batch: Tokens of prompt that are read in one go.
        cache_megabytes: Memory for prompts that no slot holds at the moment.
        start_seconds: How long loading and probing may take.

    Raises:
        ConfigurationError: A setting is not positive.
    """

    threads: int | None = None
    slots: int = 4
    context: int = 4096
    batch: int = 512
    cache_megabytes: int = 1024
    start_seconds: float = 300.0

    def __post_init__(self) -> None:
        """Refuse what llama.cpp would take as something else, such as zero for all processors."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and value <= 0:
                raise ConfigurationError(
                    f"the setting {field.name} of local models is {value}", hint="Give a positive number."
                )
