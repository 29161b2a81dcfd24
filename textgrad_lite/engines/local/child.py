"""The child process: a llama.cpp server on loopback that lives no longer than its parent.

Run as a script, so that it imports nothing of the library. It reads one line of JSON (the settings, and the
key, which is therefore on no command line), loads the model, writes one line of JSON (where it listens), and
then waits for its standard input to close, which happens when the parent ends in whatever way. Its parent's
id is watched too, since a fork of the parent may hold the pipe open.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

WATCH_SECONDS = 0.5

PROBE_TOKENS = 12
PROBE_TEXT = "Count upwards in words, one number a line, and do not stop: one, two, three"


def main() -> None:
    """Serve until the parent is gone."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # llama.cpp may write to standard output, which belongs to the handshake
    settings = json.loads(sys.stdin.readline())
    threading.Thread(target=_watch_parent, args=(settings["parent"],), daemon=True).start()
    server, threads = _start(settings)
    answers.write(json.dumps({"url": server.listening_address, "threads": threads}) + "\n")
    answers.flush()
    sys.stdin.read()
    os._exit(0)


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent or os.name == "nt":
        time.sleep(WATCH_SECONDS)
    os._exit(0)


def _start(settings: dict[str, Any]) -> tuple[Any, int]:
    """Return a running server and its number of threads, measured where the settings leave it open."""
    candidates = settings["threads"]
    best, best_seconds, server = candidates[0], float("inf"), _open(settings, candidates[0])
    for threads in candidates if len(candidates) > 1 else ():
        if threads != candidates[0]:
            server = None  # one model in memory at a time
            server = _open(settings, threads)
        seconds = _measure(server, settings["slots"], best_seconds)
        if seconds < best_seconds:
            best, best_seconds = threads, seconds
    if best != candidates[-1]:
        server = None
        server = _open(settings, best)
    return server, best


def _measure(server: Any, slots: int, limit: float) -> float:
    """Return how many seconds a batch of short answers takes, infinity where that is more than the limit."""
    start = time.monotonic()
    request = {
        "prompt": PROBE_TEXT,
        "max_tokens": PROBE_TOKENS,
        "temperature": 0,
        "ignore_eos": True,
        "cache_prompt": False,
        "stream": True,
    }

    def is_too_slow(_: Any) -> bool:
        return time.monotonic() - start > limit

    def ask() -> None:
        server.handle_completions(request, is_too_slow)

    workers = [threading.Thread(target=ask) for _ in range(slots)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.monotonic() - start
    return seconds if seconds <= limit else float("inf")


def _open(settings: dict[str, Any], threads: int) -> Any:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = settings["path"]
    parameters.model_alias = {settings["alias"]}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [settings["key"]]
    parameters.api_prefix = settings["prefix"]
    parameters.cors_origins = "null"
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.endpoint_props = False
    parameters.verbosity = 1
    parameters.n_parallel = settings["slots"]
    parameters.n_ctx = settings["slots"] * settings["context"]
    parameters.n_batch = settings["batch"]
    parameters.n_ubatch = settings["batch"]
    parameters.cache_ram_mib = settings["cache_megabytes"]
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    return xllamacpp.Server(parameters)


if __name__ == "__main__":
    main()
