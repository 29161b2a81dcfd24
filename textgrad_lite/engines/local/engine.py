"""Local models as providers: the OpenAI protocol against a child server that is started when first asked."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textgrad_lite.engines.local.queue import PrefixQueue
from textgrad_lite.engines.local.server import LocalServer, start_server
from textgrad_lite.engines.local.settings import ServerSettings
from textgrad_lite.engines.local.store import is_path, resolve_model
from textgrad_lite.engines.per_loop import PerLoop
from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.types import Completion, Message, Request, TextPart
from textgrad_lite.errors import ConfigurationError

if TYPE_CHECKING:
    import httpx2

DEFAULT_TIMEOUT = 900.0
"""Seconds for one request; a CPU shared by several slots may write only a few tokens a second for each."""

_SAMPLE_BYTES = 1 << 20


class ServerHandle:
    """A server that is started when it is first needed, and again where it has died.

    Args:
        path: The GGUF file.
        alias: The model's name on the wire.
        settings: How to run it.
    """

    def __init__(self, path: Path, alias: str, settings: ServerSettings) -> None:
        self.path = path
        self.alias = alias
        self.settings = settings
        self.queue = PerLoop(lambda: PrefixQueue(settings.slots))
        self._lock = threading.Lock()
        self._server: LocalServer | None = None
        self._owner = os.getpid()

    def ensure(self) -> LocalServer:
        """Return the running server, started if need be. Blocks while the model loads.

        Raises:
            MissingDependencyError: xllamacpp is not installed.
            ConfigurationError: The model cannot be loaded.
            EngineConnectionError: The server did not come up.
        """
        with self._lock:
            if self._owner != os.getpid():
                self._server, self._owner = None, os.getpid()  # the parent of this fork keeps its own
            if self._server is None or not self._server.is_alive:
                if self._server is not None:
                    self._server.stop()
                self._server = start_server(self.path, self.alias, self.settings)
            return self._server

    def stop(self) -> None:
        """End the server, if there is one; the next request starts another."""
        with self._lock:
            if self._server is not None and self._owner == os.getpid():
                self._server.stop()
            self._server = None


_handles: dict[tuple[Path, ServerSettings], ServerHandle] = {}
_handles_lock = threading.Lock()


class LocalProvider(OpenAIProvider):
    """Asks a model on this machine. Made by `open_local`.

    Args:
        handle: The server; engines of the same model and settings share one.
        name: What was asked for after ``local/``.
        timeout: Seconds for one request, from when it has a slot.
    """

    def __init__(self, handle: ServerHandle, name: str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        super().__init__(
            name,
            preset="local",
            api="chat",
            base_url="http://127.0.0.1/v1",
            context_window=handle.settings.context,
            timeout=timeout,
        )
        self.handle = handle
        self._fingerprint = fingerprint(handle.path)
        self._server: LocalServer | None = None

    def identity(self) -> Mapping[str, str]:
        """Return what tells this model from another: its file, never the address, which is new every time."""
        return {"provider": "local", "base_url": "", "model": f"{self.model}@{self._fingerprint}"}

    async def complete(self, request: Request) -> Completion:
        """Ask once, when a slot is free. The first request starts the server."""
        async with self.handle.queue.get().turn(_flatten(request.messages)):
            server = await asyncio.to_thread(self.handle.ensure)
            if server is not self._server:
                self._server, self._client = server, PerLoop(self._open_client)
            return await super().complete(request)

    def _make_client(self, sdk: Any, http_client: httpx2.AsyncClient, timeout: httpx2.Timeout) -> Any:
        server = self.handle.ensure()
        return sdk.AsyncOpenAI(
            base_url=server.base_url,
            api_key=server.key,
            max_retries=0,
            http_client=http_client,
            timeout=timeout,
        )


def open_local(name: str, *, timeout: float | None = None, **settings: Any) -> LocalProvider:
    """Return the provider of a local model. The server starts with the first request.

    Args:
        name: A name of the catalogue, or the path of a GGUF file.
        timeout: Seconds for one request.
        **settings: Fields of `ServerSettings`.

    Raises:
        UnknownNameError: The catalogue has no such name.
        ConfigurationError: The model is not here, or a setting does not exist.
    """
    known = {field.name for field in fields(ServerSettings)}
    if unknown := sorted(set(settings) - known):
        raise ConfigurationError(
            f"local models have no setting {unknown[0]!r}", hint=f"Settings: {', '.join(sorted(known))}."
        )
    chosen = ServerSettings(**settings)
    path = resolve_model(name)
    alias = path.stem if is_path(name) else name
    with _handles_lock:
        handle = _handles.setdefault((path, chosen), ServerHandle(path, alias, chosen))
    return LocalProvider(handle, alias, timeout=timeout or DEFAULT_TIMEOUT)


def fingerprint(path: Path) -> str:
    """Return a digest of a model file's size, first and last mebibyte.

    Reading gigabytes at every start would cost more than it is worth: header, tensor table and last weights
    tell any two models apart that were not made to be confused.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(_SAMPLE_BYTES))
        file.seek(max(0, size - _SAMPLE_BYTES))
        digest.update(file.read())
    return digest.hexdigest()[:16]


def _flatten(messages: tuple[Message, ...]) -> str:
    """Return a prompt as one text, to compare beginnings."""
    return "\n".join(
        part.text for message in messages for part in message.parts if isinstance(part, TextPart)
    )
