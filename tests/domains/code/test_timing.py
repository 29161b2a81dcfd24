"""Times are told as ratios and as growth."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.code.doubles import HereSandbox, StubSandbox
from textgrad_lite.domains.code import Sandbox, SnippetRun, Timing, Workload, measure
from textgrad_lite.domains.code.timing import growth_exponent
from textgrad_lite.errors import SandboxError

MAKE = "def make_input(size, seed):\n    return (list(range(seed, seed + size)),)\n"
WORKLOAD = Workload("f", MAKE, (20, 40), repetitions=2)
LINEAR = "def f(ns): return sum(ns)"
QUADRATIC = "def f(ns): return sum(n for n in ns for _ in ns) // max(1, len(ns))"


def timed(program: str, sandbox: Sandbox) -> Timing | str:
    return measure(program, LINEAR, WORKLOAD, sandbox)


@given(st.floats(0.2, 4), st.floats(1e-6, 1))
def test_the_growth_of_a_power_is_its_exponent(exponent: float, factor: float) -> None:
    sizes = (100, 200, 400, 800)
    seconds = [factor * size**exponent for size in sizes]
    found = growth_exponent(sizes, seconds)
    assert found is not None
    assert math.isclose(found, exponent, rel_tol=1e-6)


def test_n_log_n_is_hardly_more_than_linear() -> None:
    sizes = (500, 1000, 2000, 4000)
    found = growth_exponent(sizes, [size * math.log(size) for size in sizes])
    assert found is not None
    assert 1.0 < found < 1.2


def test_growth_needs_two_sizes_and_times() -> None:
    assert growth_exponent((100,), (1.0,)) is None
    assert growth_exponent((100, 200), (0.0, 1.0)) is None


def test_program_and_reference_are_timed_on_the_same_inputs(here: HereSandbox) -> None:
    timing = timed(QUADRATIC, here)
    assert isinstance(timing, Timing)
    assert timing.is_same
    assert timing.sizes == (20, 40)
    assert all(seconds > 0 for seconds in (*timing.seconds, *timing.reference))


def test_ratios() -> None:
    timing = Timing((10, 20), (1.0, 4.0), (1.0, 2.0), is_same=True)
    assert (timing.ratio, timing.speedup) == (2.0, 0.5)
    assert timing.growth == pytest.approx(2.0)
    assert timing.reference_growth == pytest.approx(1.0)


def test_other_results_are_noticed(here: HereSandbox) -> None:
    other = timed("def f(ns): return sum(ns) if len(ns) < 30 else 0", here)
    pretender = timed("class Same:\n    def __eq__(self, other): return True\ndef f(ns): return Same()", here)
    assert isinstance(other, Timing)
    assert isinstance(pretender, Timing)
    assert (other.is_same, pretender.is_same) == (False, False)


def test_no_input_is_used_twice(here: HereSandbox) -> None:
    remembering = """
seen = set()
def f(ns):
    if tuple(ns) in seen: raise ValueError("again")
    seen.add(tuple(ns))
    return sum(ns)
"""
    assert isinstance(timed(remembering, here), Timing)


def test_changing_the_input_does_not_reach_the_other_program(here: HereSandbox) -> None:
    timing = timed("def f(ns):\n    total = sum(ns)\n    ns.clear()\n    return total", here)
    assert isinstance(timing, Timing)
    assert timing.is_same


def test_why_there_are_no_times_is_told(here: HereSandbox) -> None:
    assert timed("def f(ns): 1 / 0", here) == "ZeroDivisionError: division by zero"
    assert timed("", StubSandbox(SnippetRun(ending="timeout", error="too slow"))) == "too slow"
    assert timed("", StubSandbox(SnippetRun(ending="done", value="…"))) == "done"


def test_a_sandbox_that_cannot_measure_says_so() -> None:
    with pytest.raises(SandboxError, match="cannot measure"):
        timed("", StubSandbox(SnippetRun(ending="unsupported", error="no gc")))


def test_a_program_cannot_put_clocks_of_its_own_in_place(
    here: HereSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for clock in ("perf_counter", "process_time"):
        monkeypatch.setattr(time, clock, getattr(time, clock))  # put back afterwards
    timing = timed(f"import time\ntime.perf_counter = time.process_time = lambda: 0.0\n{LINEAR}", here)
    assert isinstance(timing, Timing)
    assert all(seconds > 0 for seconds in timing.seconds)
