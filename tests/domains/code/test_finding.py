"""The first sandbox that works is taken; where none does, the reasons are told."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox, StubSandbox
from textgrad_lite.domains.code import (
    BubblewrapSandbox,
    Job,
    MontySandbox,
    Sandbox,
    SnippetRun,
    UnsafeSubprocess,
    find_sandbox,
)
from textgrad_lite.domains.code.__main__ import main
from textgrad_lite.domains.code.finding import sandboxes
from textgrad_lite.errors import SandboxError


def offered(monkeypatch: pytest.MonkeyPatch, *found: Sandbox) -> None:
    monkeypatch.setattr("textgrad_lite.domains.code.finding.sandboxes", lambda: found)
    monkeypatch.setattr("textgrad_lite.domains.code.__main__.sandboxes", lambda: found)


BROKEN = SnippetRun(ending="died", error="its process ended early")


def test_the_first_that_works_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = HereSandbox(), HereSandbox()
    offered(monkeypatch, StubSandbox(BROKEN), first, second)
    assert find_sandbox() is first
    assert find_sandbox(unsafe=True) is first


def test_reasons_are_told_where_none_works(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, StubSandbox(BROKEN))
    with pytest.raises(SandboxError, match="stub: its process ended early"):
        find_sandbox()
    assert isinstance(find_sandbox(unsafe=True), UnsafeSubprocess)


def test_a_probe_says_what_is_wrong() -> None:
    assert StubSandbox(SnippetRun(ending="done", value="'it runs as root'")).fault == "it runs as root"
    assert StubSandbox(SnippetRun(ending="timeout")).fault == "timeout"
    assert HereSandbox().fault == ""


def test_a_sandbox_that_fails_has_that_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise SandboxError("no permission to make namespaces")

    sandbox = HereSandbox()
    monkeypatch.setattr(sandbox, "execute", fail)
    assert sandbox.fault == "no permission to make namespaces"


@pytest.mark.parametrize("system,kinds", [("linux", ["bubblewrap", "monty"]), ("darwin", ["monty"])])
def test_each_system_has_its_order(monkeypatch: pytest.MonkeyPatch, system: str, kinds: list[str]) -> None:
    monkeypatch.setattr("sys.platform", system)
    assert [sandbox.name for sandbox in sandboxes.__wrapped__()] == kinds


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textgrad_lite.domains.code.monty.find_spec", lambda _: None)
    assert "pydantic-monty is not installed" in MontySandbox().fault
    monkeypatch.setattr("textgrad_lite.domains.code.bubblewrap.find_bwrap", lambda: None)
    assert "there is no bwrap" in BubblewrapSandbox().fault
    monkeypatch.setattr("sys.platform", "darwin")
    assert BubblewrapSandbox("/bin/bwrap").fault == "bubblewrap exists for Linux only"
    with pytest.raises(SandboxError, match="Linux only"):
        BubblewrapSandbox("/bin/bwrap").run(Job("", ("1",)))


def test_the_program_lists_them(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    offered(monkeypatch, StubSandbox(BROKEN), HereSandbox())
    assert main() == 0
    assert capsys.readouterr().out == "stub: its process ended early\nhere: works\n"
    offered(monkeypatch, StubSandbox(BROKEN))
    assert main() == 1
