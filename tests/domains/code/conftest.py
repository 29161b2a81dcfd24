"""Sandboxes for the tests of this room."""

from __future__ import annotations

import pytest

from tests.domains.code.doubles import HereSandbox
from textgrad_lite.domains.code import BubblewrapSandbox, MontySandbox, Sandbox, UnsafeSubprocess


@pytest.fixture
def here() -> HereSandbox:
    """A double that runs the programs of the tests in this process."""
    return HereSandbox()


@pytest.fixture
def plain() -> UnsafeSubprocess:
    """A process of its own, for programs that the tests have written."""
    return UnsafeSubprocess(unsafe=True)


@pytest.fixture(scope="session")
def bubblewrap() -> BubblewrapSandbox:
    """The real one."""
    return BubblewrapSandbox()


@pytest.fixture(scope="session", params=["bubblewrap", "monty"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each of the real ones."""
    return BubblewrapSandbox() if request.param == "bubblewrap" else MontySandbox()
