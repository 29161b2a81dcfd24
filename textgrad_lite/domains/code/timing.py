"""How fast a program is, as ratios and a growth exponent, robust against a busy machine.

Program and reference run in one process of the sandbox, in turn, on the same inputs. Of several repetitions
the least counts, since whatever disturbs a run only makes it longer. A run of more than a twentieth of a
second is measured in processor time, which other programs do not lengthen; for a shorter one that clock is
too coarse on some systems, and the one on the wall is taken. No input is used twice, so that a program which
remembers its answers gains nothing.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite import runtime
from textgrad_lite.domains.code.job import Job, Limits
from textgrad_lite.domains.code.sandbox import Sandbox
from textgrad_lite.errors import SandboxError

_MEASURE = """
def measure(sources, entry_point, make_input, sizes, repetitions):
    import copy, gc
    from time import perf_counter, process_time  # before a program could put others in their place
    functions = []
    for source in sources:
        namespace = {"__name__": "program"}
        exec(source, namespace)
        functions.append(namespace[entry_point])
    maker = {}
    exec(make_input, maker)
    rows = []
    for size in sizes:
        least, same = [float("inf")] * len(functions), True
        gc.collect()
        begun, repetition = perf_counter(), 0
        while repetition < repetitions or perf_counter() - begun < 0.2 and repetition < 20 * repetitions:
            given = maker["make_input"](size, repetition)
            answers = []
            for number, function in enumerate(functions):
                arguments = copy.deepcopy(given)
                gc.disable()
                wall, busy = perf_counter(), process_time()
                answer = function(*arguments)
                wall, busy = perf_counter() - wall, process_time() - busy
                gc.enable()
                least[number] = min(least[number], busy if busy > 0.05 else wall)
                answers.append(answer)
            repetition += 1
            same = same and all(type(a) is type(answers[0]) and a == answers[0] for a in answers)
        rows.append((size, least, bool(same)))
    return rows
"""


@dataclass(frozen=True)
class Workload:
    """What a program is timed with.

    Attributes:
        entry_point: The function.
        make_input: Source of a function ``make_input(size, seed)`` that gives a tuple of arguments, the same
            ones for the same numbers.
        sizes: The sizes, ascending; the largest decides the ratio, all of them the growth.
        repetitions: Inputs of each size, at least: where they are done within a moment, up to twenty times as
            many. The least time counts.
        seconds: Wall-clock time for all of it.
    """

    entry_point: str
    make_input: str
    sizes: tuple[int, ...]
    repetitions: int = 5
    seconds: float = 60.0


@dataclass(frozen=True)
class Timing:
    """How fast a program is beside a reference.

    Attributes:
        sizes: The sizes of the inputs.
        seconds: Least processor time of the program at each size.
        reference: That of the reference.
        is_same: Both gave the same results.
    """

    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    reference: tuple[float, ...]
    is_same: bool

    @property
    def ratio(self) -> float:
        """Time of the program over that of the reference at the largest size: below 1 is faster."""
        return self.seconds[-1] / max(self.reference[-1], 1e-9)

    @property
    def speedup(self) -> float:
        """How many times as fast as the reference, at the largest size."""
        return 1 / max(self.ratio, 1e-9)

    @property
    def growth(self) -> float | None:
        """The exponent with which its time grows: 1 is linear, 2 quadratic; None where it cannot be told."""
        return growth_exponent(self.sizes, self.seconds)

    @property
    def reference_growth(self) -> float | None:
        """That of the reference."""
        return growth_exponent(self.sizes, self.reference)


def measure(program: str, reference: str, workload: Workload, sandbox: Sandbox) -> Timing | str:
    """Time a program beside a reference, and wait.

    Returns:
        The timing, or in words why there is none: the program raised, or took too long.

    Raises:
        SandboxError: The sandbox cannot measure.
    """
    return runtime.run(ameasure(program, reference, workload, sandbox))


async def ameasure(program: str, reference: str, workload: Workload, sandbox: Sandbox) -> Timing | str:
    """Same as :func:`measure`, from any event loop."""
    arguments = ([program, reference], workload.entry_point, workload.make_input)
    call = f"measure({', '.join(map(repr, arguments))}, {workload.sizes!r}, {workload.repetitions})"
    limits = Limits(seconds=workload.seconds)
    (run,) = await sandbox.arun(Job(_MEASURE, (call,), limits))
    if run.ending == "unsupported":
        raise SandboxError(
            f"{sandbox.name} cannot measure: {run.error}", hint="Times are taken in bubblewrap."
        )
    if run.ending != "done" or not run.is_plain:
        return run.error or run.ending
    rows = ast.literal_eval(run.value)
    return Timing(
        sizes=tuple(size for size, _, _ in rows),
        seconds=tuple(least[0] for _, least, _ in rows),
        reference=tuple(least[1] for _, least, _ in rows),
        is_same=all(same for _, _, same in rows),
    )


def growth_exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float | None:
    """Fit ``seconds = c · size ** exponent`` by least squares of the logarithms.

    Returns:
        None for fewer than two sizes, or where a time is too short to be measured.
    """
    if len(sizes) < 2 or min(seconds) <= 0:
        return None
    xs, ys = [math.log(size) for size in sizes], [math.log(second) for second in seconds]
    x_mean, y_mean = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    above = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return above / math.fsum((x - x_mean) ** 2 for x in xs)
