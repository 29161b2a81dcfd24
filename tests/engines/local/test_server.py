"""The child server's life, with stand-ins for the child: no model is needed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from textgrad_lite.engines.local import child, server
from textgrad_lite.engines.local.server import LocalServer, end_process, list_thread_counts, start_server
from textgrad_lite.engines.local.settings import ServerSettings
from textgrad_lite.errors import ConfigurationError, EngineConnectionError, MissingDependencyError

SERVING = """
import http.server, json, os, sys, threading
order = json.loads(sys.stdin.readline())
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        has_key = self.headers["Authorization"] == "Bearer " + order["key"]
        ours = has_key and self.path.startswith(order["prefix"])
        body = {"tokens": [1, 2, 3], "data": [{"id": order["alias"]}]}
        self.send_response(200 if ours and not REFUSE else 404)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())
    do_GET = answer
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer()
    def log_message(self, *args): pass
http_server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=http_server.serve_forever, daemon=True).start()
url = "http://127.0.0.1:%d" % http_server.server_address[1]
print(json.dumps({"url": url, "threads": order["threads"][0]}), flush=True)
sys.stdin.read()
os._exit(0)
"""


def _stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> Path:
    """Make `start_server` run this program in place of the child, whether or not xllamacpp is here."""
    script = tmp_path / "child.py"
    script.write_text(source)
    monkeypatch.setattr(child, "__file__", str(script))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    return script


def _start(tmp_path: Path, settings: ServerSettings | None = None) -> LocalServer:
    return start_server(tmp_path / "model.gguf", "tiny", settings or ServerSettings(threads=1))


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalServer:
    """A stand-in server that answers as ours does."""
    _stand_in(tmp_path, monkeypatch, "REFUSE = False\n" + SERVING)
    return _start(tmp_path)


def test_server_answers_with_its_own_key_under_its_own_path(running: LocalServer) -> None:
    assert running.is_alive
    assert running.base_url.startswith("http://127.0.0.1:")
    assert running.threads == 1
    assert running.count_tokens("one two three") == 3
    assert running.key not in running.base_url
    running.stop()
    assert not running.is_alive


def test_stopping_twice_is_harmless(running: LocalServer) -> None:
    running.stop()
    running.stop()
    assert not running.is_alive


def test_server_that_does_not_know_our_path_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stand_in(tmp_path, monkeypatch, "REFUSE = True\n" + SERVING)
    with pytest.raises(EngineConnectionError, match="does not answer as it should"):
        _start(tmp_path)


def test_child_that_fails_is_told_with_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stand_in(tmp_path, monkeypatch, "import sys; sys.exit('unknown model architecture: abacus')")
    with pytest.raises(ConfigurationError, match="unknown model architecture: abacus"):
        _start(tmp_path)


def test_child_that_is_not_ready_in_time_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, "import time; time.sleep(3600)")
    with pytest.raises(EngineConnectionError, match="was not ready after"):
        _start(tmp_path, ServerSettings(threads=1, start_seconds=0.2))


def test_missing_llama_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingDependencyError, match=r"textgrad-lite\[local\]"):
        _start(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_child_that_ignores_everything_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TERMINATE_SECONDS", 0.1)
    source = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(1, flush=True)\ntime.sleep(3600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    end_process(process)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(os.name == "nt", reason="process ids of POSIX")
def test_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """The real child script with a stand-in for llama.cpp; its parent gets no chance to clean up."""
    (tmp_path / "xllamacpp.py").write_text(
        "class Any:\n    def __getattr__(self, name):\n"
        "        setattr(self, name, Any())\n        return getattr(self, name)\n"
        "CommonParams = Any\nclass Server:\n    listening_address = 'http://127.0.0.1:1'\n"
        "    def __init__(self, parameters): pass\n"
    )
    order = dict.fromkeys(("path", "key", "prefix", "batch", "cache_megabytes"))
    order |= {"alias": "x", "slots": 1, "context": 1, "threads": [1]}
    parent = (
        "import json, os, subprocess, sys\n"
        f"process = subprocess.Popen([sys.executable, {child.__file__!r}], stdin=subprocess.PIPE,"
        f" stdout=subprocess.PIPE, text=True, env={{**os.environ, 'PYTHONPATH': {str(tmp_path)!r}}})\n"
        f"process.stdin.write(json.dumps({order!r} | {{'parent': os.getpid()}}) + '\\n')\n"
        "process.stdin.flush()\n"
        "print(process.stdout.readline().strip()); print(process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # the child has it too: it ends when both have ended
        text=True,
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline()) == {"url": "http://127.0.0.1:1", "threads": 1}
    pid = int(process.stdout.readline())
    process.kill()
    try:
        process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        os.kill(pid, signal.SIGKILL)
        raise


def test_thread_counts_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list_thread_counts(3) == [3]
    monkeypatch.setattr(server, "_usable_processors", lambda: set(range(2)))
    assert list_thread_counts(None) == [1, 2]
    monkeypatch.setattr(server, "_usable_processors", lambda: set(range(8)))
    assert list_thread_counts(None) == [1, 4, 8]
    monkeypatch.setattr(server, "_usable_processors", lambda: {0})
    assert list_thread_counts(None) == [1]
