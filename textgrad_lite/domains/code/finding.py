"""Which sandbox can be used here."""

from __future__ import annotations

import sys
from functools import cache

from textgrad_lite.domains.code.bubblewrap import BubblewrapSandbox
from textgrad_lite.domains.code.monty import MontySandbox
from textgrad_lite.domains.code.plain import UnsafeSubprocess
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.errors import SandboxError


def find_sandbox(*, unsafe: bool = False) -> Sandbox:
    """Find the first sandbox that works here: on Linux bubblewrap, then monty; elsewhere monty.

    Each is really tried, once in a process. Blocks for a moment.

    Args:
        unsafe: Take a plain subprocess where neither can be used. It protects from nothing.

    Raises:
        SandboxError: None works; the message says of each why not.
        BlockingReadError: The caller is on a thread of our loops.
    """
    for sandbox in sandboxes():
        if not sandbox.fault:
            return sandbox
    if unsafe:
        return UnsafeSubprocess(unsafe=True)
    reasons = "; ".join(f"{sandbox.name}: {sandbox.fault}" for sandbox in sandboxes())
    raise SandboxError(
        f"no sandbox can be used here ({reasons})",
        hint="pip install 'textgrad-lite[code]'; on Linux, also allow user namespaces. "
        "find_sandbox(unsafe=True) runs programs unprotected.",
    )


@cache
def sandboxes() -> tuple[Sandbox, ...]:
    """Every sandbox there is for this system, the first choice first."""
    is_linux = sys.platform.startswith("linux")
    return (BubblewrapSandbox(), MontySandbox()) if is_linux else (MontySandbox(),)
