"""The parent's side of a local server: starts the child, checks that it is ours, and ends it.

Requests go to ``http://127.0.0.1:<port>/<nonce>/v1`` with a key of this process's own. The address comes
from the child itself through its pipe, and only the server that was told the nonce answers under it.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import httpx2

from textgrad_lite.engines.local import child
from textgrad_lite.engines.local.settings import ServerSettings
from textgrad_lite.errors import ConfigurationError, EngineConnectionError, MissingDependencyError

TERMINATE_SECONDS = 3.0
CHECK_SECONDS = 10.0
LOG_LINES = 15
MOST_THREADS = 16

WAITING = {"OMP_WAIT_POLICY": "PASSIVE"}
"""llama.cpp's threads wait for each other hundreds of times a token. Spinning meanwhile, two collapse on a
busy machine (90 s measured for a batch of one second); asleep, they lose some ten per cent on a quiet one."""


class LocalServer:
    """One llama.cpp server in a child process. Made by `start_server`.

    Attributes:
        base_url: Where it speaks the OpenAI protocol.
        key: The key it asks for; known to this process and the child only.
        threads: Threads that it computes with.
        settings: What it was started with.
    """

    def __init__(
        self,
        process: subprocess.Popen[str],
        log: IO[str],
        url: str,
        key: str,
        threads: int,
        settings: ServerSettings,
    ) -> None:
        self._process = process
        self._log = log
        self.base_url = f"{url}/v1"
        self.key = key
        self.threads = threads
        self.settings = settings
        atexit.register(self.stop)

    @property
    def is_alive(self) -> bool:
        """Whether the child is running."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has for this model."""
        answer = self._ask("tokenize", {"content": text})
        return len(answer["tokens"])

    def check(self) -> None:
        """Raise unless the server behind the address is the one that was started here."""
        models = self._ask("v1/models")
        if not self.is_alive or not models.get("data"):
            raise EngineConnectionError(
                "another server answers at the local server's address", provider="local"
            )

    def stop(self) -> None:
        """End the child: ask by closing its input, then terminate, then kill. Safe to call twice."""
        atexit.unregister(self.stop)
        end_process(self._process)
        self._log.close()

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        url = f"{self.base_url.removesuffix('/v1')}/{path}"
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            with httpx2.Client(timeout=CHECK_SECONDS, trust_env=False) as client:
                reply = (
                    client.post(url, json=body, headers=headers) if body else client.get(url, headers=headers)
                )
                reply.raise_for_status()
                return reply.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise EngineConnectionError(
                f"the local server does not answer as it should: {error}", provider="local"
            ) from error


def start_server(path: Path, alias: str, settings: ServerSettings) -> LocalServer:
    """Start a server for a model file and wait until it answers.

    Args:
        path: A GGUF file.
        alias: The model's name on the wire.
        settings: Threads, slots, context and so on.

    Raises:
        MissingDependencyError: xllamacpp is not installed.
        ConfigurationError: The model cannot be loaded; the message has the end of llama.cpp's log.
        EngineConnectionError: The server did not come up in time, or another one answers.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise MissingDependencyError("xllamacpp", "local")
    key, prefix = secrets.token_urlsafe(24), f"/{secrets.token_hex(8)}"
    order = asdict(settings) | {
        "path": str(path), "alias": alias, "key": key, "prefix": prefix, "parent": os.getpid(),
        "threads": list_thread_counts(settings.threads),
    }  # fmt: skip
    log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - lives with the child
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-P", child.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        encoding="utf-8",
        env={**WAITING, **os.environ},
    )
    try:
        ready = _shake_hands(process, order, settings.start_seconds)
    except BaseException as error:
        end_process(process)
        tail = _read_tail(log)
        log.close()
        if isinstance(error, (EOFError, BrokenPipeError)):
            raise ConfigurationError(
                f"llama.cpp could not serve {path}:\n{tail}",
                hint="Is it a GGUF file that llama.cpp knows, and is there enough free memory?",
            ) from error
        raise
    server = LocalServer(process, log, ready["url"] + prefix, key, ready["threads"], settings)
    try:
        server.check()
    except EngineConnectionError:
        server.stop()
        raise
    return server


def list_thread_counts(chosen: int | None) -> list[int]:
    """Return the numbers of threads to try, fewest first: the chosen one, or one, half and all processors."""
    if chosen is not None:
        return [chosen]
    processors = min(len(_usable_processors()), MOST_THREADS)
    return sorted({1, max(1, processors // 2), processors})


def end_process(process: subprocess.Popen[str]) -> None:
    """End a child: close its input, then SIGTERM, then SIGKILL, with a few seconds between."""
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    escalations: tuple[Callable[[], None] | None, ...] = (None, process.terminate, process.kill)
    for escalate in escalations:
        if escalate is not None:
            escalate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(TERMINATE_SECONDS)
            break
    if process.stdout is not None:
        process.stdout.close()


def _usable_processors() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _shake_hands(process: subprocess.Popen[str], order: dict[str, Any], seconds: float) -> Any:
    """Send the order and return the child's answer. EOFError where the child ends without one."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    clock = threading.Timer(seconds, process.kill)
    clock.start()
    try:
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    finally:
        is_late = not clock.is_alive()
        clock.cancel()
    if is_late:
        raise EngineConnectionError(
            f"the local server was not ready after {seconds:.0f} s", provider="local",
            hint="A busy or small machine may need more: start_seconds=…, or a smaller model.",
        )  # fmt: skip
    if not line:
        raise EOFError
    return json.loads(line)


def _read_tail(log: IO[str]) -> str:
    log.seek(0)
    return "\n".join(log.read().splitlines()[-LOG_LINES:])
