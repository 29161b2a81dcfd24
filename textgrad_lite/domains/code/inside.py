"""Runs snippets on a program where no harm can be done: the one file of ours that is inside the sandbox.

It uses the standard library alone. It reads one job as JSON from standard input, says that it is ready, and
writes one line of JSON per snippet, as soon as there is one. What would have been right is never in here:
whether a value is as expected is judged outside. A program that searches for the descriptor of its result can
forge it, and does not know what to write.
"""

from __future__ import annotations

import ast
import json
import linecache
import os
import re
import selectors
import signal
import sys
import time
import traceback

try:
    import resource
except ImportError:  # Windows: only the parts that run no snippet can be used
    resource = None  # type: ignore[assignment]

PROGRAM, SNIPPET = "<program>", "<test>"
GOT = "__got__"
READY = "ready"
OWN_PROCESSES = 3  # the first process of the sandbox, the one that hands out the snippets, and the snippet's
LONGEST_VALUE = 200_000
LONGEST_TEXT = 2_000
ATOMS = (int, float, complex, str, bytes, bool, type(None))
SERIES = (list, tuple, set, frozenset)
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def show(value: object) -> tuple[str, bool]:
    """Give the repr of a value, without addresses of memory, and whether it can be read back whole."""
    try:
        text, plain = repr(value), is_plain(value)
    except RecursionError:
        return "<a value nested too deeply to be shown>", False
    text = text.encode("utf-8", "replace").decode()
    if len(text) > LONGEST_VALUE:
        return text[:LONGEST_VALUE] + "…", False
    return (text, True) if plain else (ADDRESS.sub("", text), False)


def is_plain(value: object) -> bool:
    """Tell whether a value consists of Python's own types alone; a subclass may pretend to equal anything."""
    if type(value) in ATOMS:
        return True
    if type(value) in SERIES:
        return all(map(is_plain, value))  # type: ignore[call-overload]
    return type(value) is dict and all(is_plain(key) and is_plain(item) for key, item in value.items())


def run_here(program: str, snippet: str) -> dict[str, object]:
    """Load a program and run a snippet on it, in this very process."""
    linecache.cache[PROGRAM] = (len(program), None, program.splitlines(True), PROGRAM)
    linecache.cache[SNIPPET] = (len(snippet), None, snippet.splitlines(True), SNIPPET)
    namespace: dict[str, object] = {"__name__": "program", "__builtins__": __builtins__}
    start = time.perf_counter()
    try:
        exec(compile(program, PROGRAM, "exec", dont_inherit=True), namespace)  # noqa: S102 - what it is for
        start = time.perf_counter()
        value = evaluate(snippet, namespace)
        seconds = time.perf_counter() - start
        text, plain = show(value)
        return {"ending": "done", "seconds": seconds, "value": text, "is_plain": plain}
    except BaseException as error:  # noqa: BLE001 - the edge to the program that is tried
        return {**describe(error, namespace), "seconds": time.perf_counter() - start}


def evaluate(snippet: str, namespace: dict[str, object]) -> object:
    """Run statements and give the value of the last one, where that is an expression."""
    tree = ast.parse(snippet, SNIPPET)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, SNIPPET, "exec", dont_inherit=True), namespace)  # noqa: S102 - what it is for
    if not isinstance(last, ast.Expr):
        return None
    code = compile(ast.Expression(last.value), SNIPPET, "eval", dont_inherit=True)
    return eval(code, namespace)  # noqa: S307 - what it is for


def describe(error: BaseException, namespace: dict[str, object]) -> dict[str, object]:
    """Put an exception into words; the frames of this file are left out."""
    text, plain = show(namespace[GOT]) if GOT in namespace else ("", False)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - an exception of the program's own may fail at anything
        said = "(its message cannot be shown)"
    if isinstance(error, SyntaxError) and error.lineno:
        said = f"{error.msg} (line {error.lineno}: {(error.text or '').strip()})"
    kind = type(error).__name__
    return {
        "ending": "memory" if isinstance(error, MemoryError) else "raised",
        "value": text,
        "is_plain": plain,
        "error": clip(ADDRESS.sub("", f"{kind}: {said}" if said else kind)),
        "traceback": clip("".join(traceback.format_list(own[-8:])).rstrip()),
    }


def clip(text: str) -> str:
    """Shorten a text that is too long in its middle, and make it one that can be written."""
    text = text.encode("utf-8", "replace").decode()
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]}\n[…]\n{text[-half:]}"


def restrict(limits: dict[str, float]) -> None:
    """Set the limits of this process and of all that it starts."""
    seconds = int(limits["seconds"]) + 1
    for kind, most in (
        (resource.RLIMIT_AS, int(limits["memory"])),
        (resource.RLIMIT_FSIZE, int(limits["file_bytes"])),
        (resource.RLIMIT_NOFILE, int(limits["open_files"])),
        (resource.RLIMIT_CORE, 0),
    ):
        lower(kind, most)
    if "processes" in limits:
        lower(resource.RLIMIT_NPROC, int(limits["processes"]) + OWN_PROCESSES)
    # The process that hands the snippets out may use their time added up, each child only its own.
    lower(resource.RLIMIT_CPU, seconds * int(limits["snippets"]) + 60)


def lower(kind: int, most: int) -> None:
    """Set one limit, never above what is allowed already; a kind that the system lacks is left."""
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OSError):  # macOS has no limit of address space
        return


def become(user: int) -> None:
    """Give up being root for good: root is exempt from the limit of processes."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


class Child:
    """One snippet in a process of its own, seen from outside of it."""

    def __init__(self, program: str, snippet: str, limits: dict[str, float]) -> None:
        self.started = time.perf_counter()
        self._limits = limits
        result_end, result_start = os.pipe()
        output_end, output_start = os.pipe()
        self._ends = {result_end: bytearray(), output_end: bytearray()}
        self._result, self._output = self._ends.values()
        try:
            self.pid = os.fork()
            if self.pid == 0:
                self._close()
                _live(program, snippet, limits, result_start, output_start)
        except OSError:
            self._close()
            raise
        finally:
            os.close(result_start)
            os.close(output_start)

    def watch(self) -> dict[str, object]:
        """Wait until it ends, or end it; give what came of it."""
        why = self._read()
        self._kill()
        _, status = os.waitpid(self.pid, 0)
        self._close()
        found = self._found() if why is None else None
        if found is None:
            found = self._cause(why, status)
        found["output"] = clip(self._output.decode("utf-8", "replace"))
        return found

    def _read(self) -> str | None:
        """Read until the result is there; name the limit that is broken before."""
        with selectors.DefaultSelector() as selector:
            return self._read_with(selector)

    def _read_with(self, selector: selectors.BaseSelector) -> str | None:
        for end in self._ends:
            selector.register(end, selectors.EVENT_READ)
        result_end = next(iter(self._ends))
        while (left := self.started + self._limits["seconds"] - time.perf_counter()) > 0:
            for key, _ in selector.select(left):
                chunk = os.read(key.fd, 65536)
                self._ends[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fd)
            if self._result.endswith(b"\n") or result_end not in selector.get_map():
                return None
            if len(self._output) > self._limits["output_bytes"]:
                return "output"
            if len(self._result) > 8 * LONGEST_VALUE:
                return "output"
        return "timeout"

    def _kill(self) -> None:
        """End its whole group; what has left the group ends with the sandbox."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            os.kill(self.pid, signal.SIGKILL)

    def _close(self) -> None:
        for end in self._ends:
            os.close(end)

    def _found(self) -> dict[str, object] | None:
        try:
            found = json.loads(self._result)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def _cause(self, why: str | None, status: int) -> dict[str, object]:
        seconds = time.perf_counter() - self.started
        if why == "output":
            return {"ending": "output", "seconds": seconds, "error": "it printed more than is allowed"}
        by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if why == "timeout" or by == signal.SIGXCPU:
            error = f"it did not end within {self._limits['seconds']:g} seconds"
            return {"ending": "timeout", "seconds": seconds, "error": error}
        how = f"signal {by}" if by else f"exit code {os.WEXITSTATUS(status)}"
        return {"ending": "died", "seconds": seconds, "error": f"its process ended early, with {how}"}


def _live(program: str, snippet: str, limits: dict[str, float], result: int, output: int) -> None:
    """Be the child: run the snippet, write what came of it, and end."""
    try:
        os.setsid()
        lower(resource.RLIMIT_CPU, int(limits["seconds"]) + 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        result = os.dup2(result, int(limits["open_files"]) - 1, inheritable=False)
        os.closerange(3, result)
        sys.stdout = printed = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        found = run_here(program, snippet)
        printed.flush()
        written = memoryview(json.dumps(found).encode() + b"\n")
        while written:
            written = written[os.write(result, written) :]
    except BaseException as error:  # noqa: BLE001 - the child ends here, whatever happens
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(70)
    os._exit(0)


def main() -> None:
    """Run the job that comes on standard input."""
    job = json.load(sys.stdin)
    limits = {**job["limits"], "snippets": len(job["snippets"])}
    if job["user"] is not None:
        become(job["user"])
    os.chdir(job["folder"])
    restrict(limits)
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    for snippet in job["snippets"]:
        try:
            found = Child(job["program"], snippet, limits).watch()
        except OSError as error:  # what an earlier snippet has left behind may use up the processes
            found = {"ending": "died", "error": f"no process could be started: {error.strerror}"}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
