"""What a program may try, and what comes of it, in each of the real sandboxes. The bounds are small."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from textgrad_lite.domains.code import BubblewrapSandbox, Job, Limits, Sandbox, SnippetRun
from textgrad_lite.domains.code.job import MEGABYTE

pytestmark = pytest.mark.extra

LIMITS = Limits(seconds=2, memory=128 * MEGABYTE, processes=6, file_bytes=MEGABYTE, output_bytes=100_000)


def attack(sandbox: Sandbox, program: str, snippet: str = "1", limits: Limits = LIMITS) -> SnippetRun:
    """Run an attack, and make sure that what comes after it is run all the same."""
    found, after = sandbox.run(Job(program, (snippet, "6 * 7"), limits))
    if "\n" not in program and "import" not in program:
        assert after.value == "42"
    return found


def test_an_endless_loop(sandbox: Sandbox) -> None:
    found, after = sandbox.run(Job("", ("while True: pass", "6 * 7"), LIMITS))
    assert found.ending == "timeout"
    assert found.seconds < 10
    assert after.value == "42"


def test_an_endless_loop_that_catches_everything(sandbox: Sandbox) -> None:
    stubborn = """
def f():
    while True:
        try:
            pass
        except BaseException:
            pass
"""
    assert attack(sandbox, stubborn, "f()").ending == "timeout"


@pytest.mark.parametrize("bomb", ["x = [0] * 10**9", "x = []\nwhile True: x.append('x' * 1_000_000)"])
def test_a_memory_bomb(sandbox: Sandbox, bomb: str) -> None:
    found, after = sandbox.run(Job("", (bomb, "6 * 7"), LIMITS))
    assert found.ending == "memory"
    assert after.value == "42"


FORK_BOMB = """
import os, time
def bomb():
    made = 0
    try:
        while made < 100:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
            made += 1
    except OSError:
        pass
    return made
"""


def test_a_fork_bomb(sandbox: Sandbox) -> None:
    before = len(psutil.pids())
    found = attack(sandbox, FORK_BOMB, "bomb()")
    if found.ending == "done":
        assert int(found.value) <= LIMITS.processes + 3
    else:
        assert (sandbox.name, found.ending) == ("monty", "unsupported")
    assert len(psutil.pids()) < before + 50


THREAD_BOMB = """
import threading, time
def bomb():
    made = 0
    try:
        while made < 100:
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
            made += 1
    except RuntimeError:
        pass
    return made
"""


def test_a_thread_bomb(bubblewrap: BubblewrapSandbox) -> None:
    found = attack(bubblewrap, THREAD_BOMB, "bomb()")
    assert found.ending == "done"
    assert int(found.value) <= LIMITS.processes + 3


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/hosts", "/proc/self/environ", "/proc/1/cmdline"])
def test_reading_a_file_of_the_system(sandbox: Sandbox, path: str) -> None:
    found = attack(sandbox, "", f"open({path!r}).read()")
    assert found.ending == "raised"
    assert found.error.startswith(("FileNotFoundError", "PermissionError"))


def test_reading_the_home_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for place in (Path.home(), tmp_path):
        found = attack(sandbox, "import os", f"os.listdir({str(place)!r})")
        assert found.ending == "raised", found
    assert "secret" not in attack(sandbox, "", f"open({str(secret)!r}).read()").value


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Listens on this machine; nobody may knock."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        yield listening


def test_opening_a_socket(sandbox: Sandbox, server: socket.socket) -> None:
    port = server.getsockname()[1]
    found = attack(sandbox, "import socket", f"socket.create_connection(('127.0.0.1', {port}), 1)")
    assert found.ending in ("raised", "unsupported"), found
    with pytest.raises(TimeoutError):
        server.accept()


def test_sending_without_a_connection(bubblewrap: BubblewrapSandbox) -> None:
    program = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    found = attack(bubblewrap, program, "s.sendto(b'x', ('192.0.2.1', 9))")
    assert found.error.startswith("OSError: [Errno 101]")


@pytest.mark.parametrize(
    "path", ["/x", "/etc/x", "/python/x", "/python/lib/x", "/lib/x", "/inside.py", "/dev/x"]
)
def test_writing_outside(sandbox: Sandbox, path: str) -> None:
    found = attack(sandbox, "", f"open({path!r}, 'w')")
    assert found.ending == "raised", found
    assert not Path("/x").exists()


def test_writing_into_a_folder_of_ours(sandbox: Sandbox, tmp_path: Path) -> None:
    found = attack(sandbox, "", f"open({str(tmp_path / 'x')!r}, 'w')")
    assert found.ending == "raised"
    assert list(tmp_path.iterdir()) == []


def test_its_own_folder_is_small_and_nobody_elses(bubblewrap: BubblewrapSandbox) -> None:
    name = f"textgrad-lite-{os.getpid()}"
    (kept,) = bubblewrap.run(Job("", (f"open('/tmp/{name}', 'w').write('x')",), LIMITS))
    assert kept.ending == "done"
    assert not Path("/tmp", name).exists()  # noqa: S108 - where it would be
    assert "FileNotFoundError" in attack(bubblewrap, "", f"open('/tmp/{name}')").error
    many = "for n in range(100): open(f'/tmp/{n}', 'w').write('x' * 100_000)"
    assert "[Errno 28]" in attack(bubblewrap, "", many).error
    assert (
        "[Errno 27]"
        in attack(
            bubblewrap, "import signal", f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN); {_LARGE}"
        ).error
    )


_LARGE = "open('/tmp/x', 'wb').write(b'x' * 2_000_000)"

GRANDCHILD = """
import os
def leave():
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv("/python/bin/python3", ["{name}", "-S", "-c", "import time; time.sleep(60)"])
        os._exit(0)
    os.waitpid(child, 0)
"""


def living(name: str) -> list[int]:
    processes = psutil.process_iter(["cmdline"])
    return [process.pid for process in processes if name in (process.info["cmdline"] or [])[:1]]


@pytest.mark.parametrize("then", ["while True: pass", "1"])
def test_a_grandchild_that_outlives_the_timeout(bubblewrap: BubblewrapSandbox, then: str) -> None:
    name = f"grandchild-{os.getpid()}-{len(then)}"
    program = GRANDCHILD.replace("{name}", name)
    job = Job(program, (f"leave()\n{then}", "import time; time.sleep(3)"), replace(LIMITS, seconds=4))
    thread = threading.Thread(target=bubblewrap.run, args=(job,))
    thread.start()
    seen = False
    while thread.is_alive():
        seen = seen or bool(living(name))
        time.sleep(0.02)
    assert seen, "the grandchild never lived, so that its death would show nothing"
    assert living(name) == []


def test_nothing_lives_on_after_we_are_killed() -> None:
    name = f"orphan-{os.getpid()}"
    program = GRANDCHILD.replace("{name}", name)
    script = f"""
from textgrad_lite.domains.code import BubblewrapSandbox, Job, Limits
BubblewrapSandbox().run(Job({program!r}, ("leave()\\nwhile True: pass",), Limits(seconds=30)))
"""
    with subprocess.Popen([sys.executable, "-c", script]) as ours:
        assert wait_for(lambda: bool(living(name)))
        ours.kill()
    assert wait_for(lambda: not living(name))


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_output_of_a_gigabyte(sandbox: Sandbox) -> None:
    program = "def shout():\n    for _ in range(1000):\n        print('x' * 1_000_000)\n"
    found = attack(sandbox, program, "shout()", Limits(seconds=20, output_bytes=100_000))
    assert found.ending == "output"
    assert len(found.output) < 10_000


def test_a_value_of_a_gigabyte(sandbox: Sandbox) -> None:
    found = attack(sandbox, "", "'x' * 1_000_000_000", Limits(seconds=20, memory=256 * MEGABYTE))
    assert found.ending == "memory"


@pytest.mark.parametrize(
    "way", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.kill(os.getppid(), 9)", "os.abort()"]
)
def test_leaving_early_does_not_pass(bubblewrap: BubblewrapSandbox, way: str) -> None:
    assert attack(bubblewrap, "import os", way).ending == "died"


def test_secrets_of_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    found = attack(sandbox, "import os", "dict(os.environ)")
    assert "secret" not in found.value + found.error


def test_a_deep_recursion(sandbox: Sandbox) -> None:
    found = attack(sandbox, "def f(n): return f(n + 1)", "f(0)")
    assert (found.ending, found.error.split(":")[0]) == ("raised", "RecursionError")
