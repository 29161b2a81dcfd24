"""The curve of a run: the best score on validation against the calls that were paid for by then."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from textgrad_lite.training import RunRecord, Score, events

_WIDTH, _HEIGHT = 720, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 96, 14, 40
_TESTS_AT = _WIDTH - 58
_TICKS = 5


@dataclass(frozen=True)
class Point:
    """A score that was known after so many calls.

    Attributes:
        calls: How many.
        score: The score.
        label: What it is of.
        is_change: Whether it was new then.
    """

    calls: int
    score: Score
    label: str
    is_change: bool = True


@dataclass(frozen=True)
class Course:
    """What the curve shows.

    Attributes:
        best: The best state on validation, at each change and after each step.
        tried: Candidates that were scored on validation and dropped.
        tests: The original and the best state on the test set, as far as they were scored.
    """

    best: Sequence[Point]
    tried: Sequence[Point]
    tests: Sequence[Point]


def read_course(record: RunRecord) -> Course:
    """Returns the course of a run from its decisions."""
    best: list[Point] = []
    tried: list[Point] = []
    tests: list[Point] = []
    for event, calls in zip(record.events, record.calls, strict=True):
        match event:
            case events.BaselineScored():
                best.append(Point(calls, event.score, "the original"))
            case events.CandidateAccepted():
                best.append(Point(calls, event.after, f"step {event.step}, by {event.source}"))
            case events.StepFinished():
                best.append(Point(calls, event.score, f"after step {event.step}", is_change=False))
            case events.CandidateScreened() if event.stage.startswith("validation") and not event.is_kept:
                tried.append(Point(calls, event.score, f"{event.candidate[:8]}, dropped"))
            case events.TestScored():
                tests.append(Point(calls, event.score, f"test, {event.which}"))
    return Course(best, tried, tests)


def draw_curve(course: Course) -> Markup:
    """Draws a course as an SVG element whose colours come from the page; empty where nothing is known.

    All that is written into it is numbers and words of our own.
    """
    if not course.best:
        return Markup("")
    last = max([point.calls for point in (*course.best, *course.tried)] + [1])
    most = last * 1.06  # the last state is seen to hold
    parts = [
        *_axes(most),
        *_band(course.best, most),
        *_line(course.best, most),
        *(_dot(point, most, "tried") for point in course.tried),
        *(_dot(point, most, "best") for point in course.best if point.is_change),
        *_tests(course.tests),
    ]
    title = "Best score on validation against calls"
    return Markup(  # noqa: S704 - numbers and words of our own; labels are escaped where they are made
        f'<svg class="curve" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{''.join(parts)}</svg>"
    )


def _x(calls: float, most: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * calls / most


def _y(share: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - share)


def _axes(most: float) -> Iterator[str]:
    end = _WIDTH - _RIGHT
    for quarter in range(_TICKS):
        y = _y(quarter / 4)
        yield f'<line class="grid" x1="{_LEFT}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{25 * quarter} %</text>'
    for calls in _round_numbers(most):
        y = _HEIGHT - _BOTTOM + 18
        yield f'<text x="{_x(calls, most):.1f}" y="{y}" text-anchor="middle">{calls:,}</text>'
    middle = (_LEFT + end) / 2
    yield f'<text x="{middle}" y="{_HEIGHT - 4}" text-anchor="middle">calls</text>'


def _round_numbers(most: float) -> range:
    """Four to nine round numbers from 0 to the most."""
    size = 10 ** max(0, math.floor(math.log10(most)) - 1)
    step = next(factor * size for factor in (1, 2, 5, 10, 20, 50, 100) if most / (factor * size) < 9)
    return range(0, math.floor(most) + 1, step)


def _band(best: Sequence[Point], most: float) -> Iterator[str]:
    """The intervals of the best state, as a band that steps with it."""
    above, below = [], []
    ends = [*(point.calls for point in best[1:]), most]
    for point, end in zip(best, ends, strict=True):
        left, right = _x(point.calls, most), _x(end, most)
        above += [(left, _y(point.score.high)), (right, _y(point.score.high))]
        below += [(left, _y(point.score.low)), (right, _y(point.score.low))]
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*above, *reversed(below)])
    yield f'<polygon class="band" points="{corners}"/>'


def _line(best: Sequence[Point], most: float) -> Iterator[str]:
    first, *rest = best
    path = f"M{_x(first.calls, most):.1f} {_y(first.score.value):.1f}"
    path += "".join(f"H{_x(point.calls, most):.1f}V{_y(point.score.value):.1f}" for point in rest)
    path += f"H{_x(most, most):.1f}"
    yield f'<path class="line" d="{path}"/>'


def _dot(point: Point, most: float, kind: str) -> str:
    x, y = _x(point.calls, most), _y(point.score.value)
    told = Markup.escape(f"{point.label}: {point.score} after {point.calls} calls")
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{told}</title></circle>'


def _tests(tests: Sequence[Point]) -> Iterator[str]:
    """The test scores with their intervals, beside the curve: they are of other examples."""
    if not tests:
        return
    yield f'<text x="{_TESTS_AT + 12}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">test set</text>'
    for place, point in enumerate(tests):
        x, score = _TESTS_AT + 24 * place, point.score
        told = Markup.escape(f"{point.label}: {score}")
        kind = "before" if place == 0 else "after"
        yield (
            f'<g class="test {kind}"><title>{told}</title>'
            f'<line x1="{x}" x2="{x}" y1="{_y(score.low):.1f}" y2="{_y(score.high):.1f}"/>'
            f'<circle cx="{x}" cy="{_y(score.value):.1f}" r="5"/></g>'
        )
