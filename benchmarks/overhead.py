"""What does the stack cost on top of a bare SDK call, and what does the library weigh?

Calls go to a loopback server in another process that answers at once, so that nothing but our own work shows.
Blocks of our calls and of the SDK's lie right beside each other, in turns which of the two comes first; the
table gives medians. Run it on a quiet machine: where others compete for the cores, waiting for one of them
hides what is measured.

    python benchmarks/overhead.py
    python benchmarks/overhead.py --size
    python benchmarks/overhead.py --size --with-textgrad

Exits with 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CALL_LIMIT = 1.3
"""Largest ratio of a call through the stack to a bare SDK call."""

HIT_LIMIT = 150.0
"""Most microseconds that a cache hit may take on the async path."""

READ_LIMIT = 2.0
"""Largest ratio of a blocking cached call to a bare round trip to the loop."""

SIZE_LIMIT = 90.0
"""Most megabytes (10⁶ bytes, apparent size) of site-packages, pip and setuptools left out."""

BLOCK = 10
"""Calls of one kind in a row."""

WARM_UP_BLOCKS = 3

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "How many vegetables are there: two carrots, three onions and a leek? " * 8


def main() -> None:
    """Measure, print the table, and fail where a limit is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=300, help="measured pairs of calls")
    parser.add_argument("--size", action="store_true", help="measure the size of a core install instead")
    parser.add_argument("--with-textgrad", action="store_true", help="with --size: textgrad beside it")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve()
    elif arguments.size:
        report(measure_sizes(with_textgrad=arguments.with_textgrad))
    else:
        with start_server() as url:
            report(measure_calls(url, arguments.calls))


Row = tuple[str, str, bool]
"""What was measured, the result in words, and whether it is within its limit."""


def report(rows: list[Row]) -> None:
    """Print rows, and exit with 1 where one is beyond its limit."""
    for name, result, is_within in rows:
        print(f"  {name:<34} {result}{'' if is_within else '   BEYOND THE LIMIT'}")
    if not all(is_within for _, _, is_within in rows):
        sys.exit(1)


def serve() -> None:
    """Answer at once until the parent goes away."""
    from textgrad_lite.testing import LoopbackServer

    with LoopbackServer("There are six vegetables.") as server:
        print(server.openai_url, flush=True)
        sys.stdin.read()


@contextmanager
def start_server() -> Iterator[str]:
    """Run the loopback server in a process of its own and yield its address."""
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


def measure_calls(url: str, calls: int) -> list[Row]:
    """Measure calls and hits, from a coroutine and from a script."""
    import openai

    from textgrad_lite import runtime
    from textgrad_lite.engines import Message, Request, get_engine

    with tempfile.TemporaryDirectory() as folder:
        engine = get_engine("openai/gpt-test", base_url=url, api_key="none", cache_dir=folder)
        bare = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
        client = openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0)

        async def ask_bare(text: str) -> object:
            return await client.chat.completions.create(
                model="gpt-test", messages=[{"role": "user", "content": text}], temperature=0.0
            )

        async def ask_ours(text: str) -> object:
            return await engine.complete(Request(messages=(Message.of("user", text),), temperature=0.0))

        def ask_bare_blocking(text: str) -> object:
            return bare.chat.completions.create(
                model="gpt-test", messages=[{"role": "user", "content": text}], temperature=0.0
            )

        def ask_ours_blocking(text: str) -> object:
            return engine(text, temperature=0.0)

        hit = f"{QUESTION} 0"
        rows = [
            compare("call, async", *runtime.run(pair_async(ask_bare, ask_ours, calls, "async"))),
            compare("call, blocking", *pair(ask_bare_blocking, ask_ours_blocking, calls, "blocking")),
        ]
        ask_ours_blocking(hit)
        rows.append(judge_hits(runtime.run(time_each_async(lambda: ask_ours(hit), 10 * calls))))
        loop = LoopThread()
        round_trips, reads = pair(lambda _: loop.round_trip(), lambda _: ask_ours_blocking(hit), calls, "")
        rows.append(compare("cached call, blocking", round_trips, reads, limit=READ_LIMIT, than="round trip"))
        loop.stop()
        runtime.run(client.close())
        bare.close()
        runtime.shutdown()
    return rows


def compare(
    name: str, base: list[float], ours: list[float], *, limit: float = CALL_LIMIT, than: str = "bare SDK"
) -> Row:
    """Return the row of a pair of measurements."""
    one, other = statistics.median(base), statistics.median(ours)
    result = f"{other * 1e6:7.0f} µs   {than} {one * 1e6:6.0f} µs   ratio {other / one:5.2f}  (limit {limit})"
    return name, result, other <= limit * one


def judge_hits(seconds: list[float]) -> Row:
    """Return the row of cache hits."""
    microseconds = statistics.median(seconds) * 1e6
    return "cache hit, async", f"{microseconds:7.0f} µs   (limit {HIT_LIMIT:.0f})", microseconds <= HIT_LIMIT


def pair(
    base: Callable[[str], object], ours: Callable[[str], object], calls: int, tag: str
) -> tuple[list[float], list[float]]:
    """Time two functions in short blocks side by side, in turns which comes first.

    Blocks, because what a call leaves to be done in the background must slow down its own kind.

    Returns:
        Seconds a call, for each block of the one and of the other.
    """
    times: dict[Any, list[float]] = {base: [], ours: []}
    for block in range(-WARM_UP_BLOCKS, calls // BLOCK):
        for function in (base, ours) if block % 2 else (ours, base):
            start = time.perf_counter()
            for number in range(BLOCK):
                function(f"{QUESTION} {tag} {block} {number}")
            if block >= 0:
                times[function].append((time.perf_counter() - start) / BLOCK)
    return times[base], times[ours]


async def pair_async(
    base: Callable[[str], Awaitable[object]], ours: Callable[[str], Awaitable[object]], calls: int, tag: str
) -> tuple[list[float], list[float]]:
    """Time two coroutine functions as `pair` does."""
    times: dict[Any, list[float]] = {base: [], ours: []}
    for block in range(-WARM_UP_BLOCKS, calls // BLOCK):
        for function in (base, ours) if block % 2 else (ours, base):
            start = time.perf_counter()
            for number in range(BLOCK):
                await function(f"{QUESTION} {tag} {block} {number}")
            if block >= 0:
                times[function].append((time.perf_counter() - start) / BLOCK)
    return times[base], times[ours]


async def time_each_async(function: Callable[[], Awaitable[object]], count: int) -> list[float]:
    """Time every call of a coroutine function."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        await function()
        times.append(time.perf_counter() - start)
    return times


class LoopThread:
    """A bare event loop on a thread, for the least that a round trip to one can cost."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def round_trip(self) -> None:
        """Run an empty coroutine there and wait for it."""
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop).result()

    def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def measure_sizes(*, with_textgrad: bool) -> list[Row]:
    """Install into empty environments and measure what is there."""
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder) / "wheels"
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels)]
        subprocess.run([*build, str(ROOT)], check=True)
        (wheel,) = wheels.glob("textgrad_lite-*.whl")
        megabytes = installed_megabytes(Path(folder) / "ours", str(wheel))
        is_within = megabytes <= SIZE_LIMIT
        rows = [("core install", f"{megabytes:7.1f} MB   (limit {SIZE_LIMIT:.0f})", is_within)]
        if with_textgrad:
            theirs = installed_megabytes(Path(folder) / "theirs", "textgrad")
            rows.append(("textgrad", f"{theirs:7.1f} MB   {theirs / megabytes:.1f} times ours", True))
    return rows


def installed_megabytes(folder: Path, requirement: str) -> float:
    """Return the apparent size of site-packages after an install, without pip and setuptools."""
    python = make_venv(folder, requirement)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(
        subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    )
    left_out = ("pip", "pip-", "setuptools", "setuptools-", "_distutils_hack", "pkg_resources")
    parts = [part for part in site.iterdir() if not part.name.startswith(left_out)]
    files = [file for part in parts for file in (part.rglob("*") if part.is_dir() else [part])]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def make_venv(folder: Path, requirement: str) -> str:
    """Make an environment, install a requirement into it and return its interpreter."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]
    subprocess.run([str(python), *install], check=True)
    return str(python)


if __name__ == "__main__":
    main()
