"""How a local server is run: the settings that parent and child process share."""

from __future__ import annotations

from dataclasses import dataclass


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
    """

    threads: int | None = None
    slots: int = 4
    context: int = 4096
    batch: int = 512
    cache_megabytes: int = 1024
    start_seconds: float = 300.0
