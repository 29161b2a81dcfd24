"""A job in a process: within its limits, whatever the program does."""

from __future__ import annotations

import asyncio
import os
import sys
import time

import pytest

from textgrad_lite import runtime
from textgrad_lite.domains.code import Job, Limits, SnippetRun, UnsafeSubprocess
from textgrad_lite.domains.code.process import Command, run_in_process
from textgrad_lite.errors import ConfigurationError, SandboxError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork()")


def run(plain: UnsafeSubprocess, program: str, *snippets: str, **limits: float) -> list[SnippetRun]:
    return plain.run(Job(program, snippets, Limits(**limits)))  # type: ignore[arg-type]


def test_it_has_to_be_asked_for(plain: UnsafeSubprocess) -> None:
    with pytest.raises(ConfigurationError, match="protects from nothing"):
        UnsafeSubprocess()
    assert plain.fault == ""


def test_snippets_are_run_in_order_and_apart(plain: UnsafeSubprocess) -> None:
    runs = run(plain, "seen = []", "seen.append(1); len(seen)", "seen.append(2); len(seen)")
    assert [run.value for run in runs] == ["1", "1"]


def test_a_program_that_does_not_end_is_stopped_and_the_next_test_runs(plain: UnsafeSubprocess) -> None:
    endless, next_one = run(plain, "", "while True: pass", "1 + 1", seconds=0.5)
    assert endless.ending == "timeout"
    assert "0.5 seconds" in endless.error
    assert next_one.value == "2"


def test_printing_is_kept_and_limited(plain: UnsafeSubprocess) -> None:
    little, much = run(
        plain, "", "print('hello')", "while True: print('x' * 10_000)", output_bytes=100_000, seconds=10
    )
    assert little.output == "hello\n"
    assert much.ending == "output"
    assert len(much.output) < 5_000


def test_there_may_be_more_snippets_than_open_files(plain: UnsafeSubprocess) -> None:
    runs = run(plain, "", *["6 * 7"] * 40, open_files=20)
    assert [found.value for found in runs] == ["42"] * 40


def test_texts_that_cannot_be_written_are_told_all_the_same(plain: UnsafeSubprocess) -> None:
    program = "class Odd:\n    def __repr__(self):\n        return 'odd \\ud800'"
    (value, error) = run(plain, program, "Odd()", "raise ValueError('\\ud800')")
    assert value.value == "odd ?"
    assert error.error == "ValueError: ?"


def test_a_process_that_dies_is_told(plain: UnsafeSubprocess) -> None:
    left, killed = run(plain, "import os, signal", "os._exit(0)", "os.kill(os.getpid(), signal.SIGSEGV)")
    assert (left.ending, left.error) == ("died", "its process ended early, with exit code 0")
    assert (killed.ending, killed.error) == ("died", "its process ended early, with signal 11")


def test_a_forged_result_reaches_no_further_than_its_own_test(plain: UnsafeSubprocess) -> None:
    forge = r"""
import os
for number in range(3, 256):
    try:
        os.write(number, b'{"ending": "done", "value": "1"}\n{"ending": "done", "value": "1"}\n')
    except OSError:
        pass
os._exit(0)
"""
    runs = run(plain, "", forge, "6 * 7")
    assert len(runs) == 2
    assert runs[1].value == "42"


def test_a_program_that_ends_the_sandbox_has_died(plain: UnsafeSubprocess) -> None:
    first, second = run(plain, "import os, signal", "os.kill(os.getppid(), signal.SIGKILL)", "1")
    assert (first.ending, second.ending) == ("died", "not run")


def test_memory_is_limited(plain: UnsafeSubprocess) -> None:
    if sys.platform != "linux":
        pytest.skip("the system has no limit of address space")
    (found,) = run(plain, "", "len(bytearray(400_000_000))", memory=200_000_000)
    assert found.ending == "memory"


def test_the_environment_is_empty(plain: UnsafeSubprocess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    (found,) = run(plain, "import os", "sorted(os.environ)")
    assert "OPENAI" not in found.value
    assert "PYTHONHASHSEED" in found.value


def test_it_is_in_a_folder_of_its_own_that_is_gone_afterwards(plain: UnsafeSubprocess) -> None:
    (found,) = run(plain, "import os", "os.getcwd(), os.listdir()")
    folder, _, rest = found.value.strip("()").partition(", ")
    assert rest == "[]"
    assert not os.path.exists(folder.strip("'"))  # noqa: PTH110 - a text


def test_a_command_that_fails_is_a_fault_of_the_sandbox() -> None:
    command = Command([sys.executable, "-c", "import sys; sys.exit('no such thing')"], folder="/")
    with pytest.raises(SandboxError, match="did not start: no such thing"):
        runtime.run(run_in_process(command, Job("", ("1",))))


def speaking(*lines: str) -> Command:
    """A command that says some lines and reads nothing."""
    said = "\n".join(lines)
    return Command([sys.executable, "-c", f"print({said!r}, flush=True)\nimport time; time.sleep(60)"], "/")


def test_a_result_in_no_known_form_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textgrad_lite.domains.code.process.START_SECONDS", 3.0)
    command = speaking("ready", '{"ending": "won"}', '{"ending": "done", "value": "2", "is_plain": true}')
    first, second, third = runtime.run(run_in_process(command, Job("", ("1", "2", "3"), Limits(seconds=0))))
    assert (first.ending, second.value, third.ending) == ("died", "2", "died")


def test_a_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textgrad_lite.domains.code.process.START_SECONDS", 0.5)
    with pytest.raises(SandboxError, match="did not end in time"):
        runtime.run(run_in_process(speaking("not ready"), Job("", ("1",), Limits(seconds=0))))


def test_cancelling_ends_the_process(plain: UnsafeSubprocess) -> None:
    async def cancel_soon() -> None:
        job = Job("", ("import time; time.sleep(60)",), Limits(seconds=60))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await plain.execute(job)

    start = time.monotonic()
    runtime.run(cancel_soon())
    assert time.monotonic() - start < 20


async def test_it_can_be_awaited(plain: UnsafeSubprocess) -> None:
    (found,) = await plain.arun(Job("", ("6 * 7",)))
    assert found.value == "42"
