"""A plain scatter plot as SVG: two objectives against each other, the front among the points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 20, 55
_TICKS = 5
_PLAIN, _FRONT = "#9aa5b1", "#c2410c"


@dataclass(frozen=True)
class Point:
    """One point.

    Attributes:
        x: Value on the horizontal axis.
        y: Value on the vertical axis.
        label: What is shown where the pointer rests on it.
        is_on_front: Whether it is marked.
    """

    x: float
    y: float
    label: str
    is_on_front: bool = False


@dataclass(frozen=True)
class _Axis:
    """Turns values into places on the drawing; equal values get an axis of a certain length all the same."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        low, high = min(values), max(values)
        margin = 0.06 * (high - low) or 0.5
        return cls(low - margin, high + margin, start, end)

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def ticks(self) -> list[float]:
        return [self.low + step * (self.high - self.low) / (_TICKS - 1) for step in range(_TICKS)]


def scatter(points: Sequence[Point], x_title: str, y_title: str, *, is_joined: bool = True) -> str:
    """Draw points as an SVG document without a header, to stand in a page or in a file.

    Args:
        points: At least one.
        x_title: Title of the horizontal axis.
        y_title: Title of the vertical axis.
        is_joined: Whether a line joins the points on the front.
    """
    across = _Axis.over([point.x for point in points], _LEFT, WIDTH - _RIGHT)
    up = _Axis.over([point.y for point in points], HEIGHT - _BOTTOM, _TOP)
    front = sorted((point for point in points if point.is_on_front), key=lambda point: (point.x, point.y))
    line = " ".join(f"{across.place(point.x)},{up.place(point.y)}" for point in front)
    parts = [
        *_frame(across, up, x_title, y_title),
        *([f'<polyline points="{line}" fill="none" stroke="{_FRONT}" stroke-dasharray="4 3"/>'] * is_joined),
        *(_dot(point, across, up) for point in sorted(points, key=lambda point: point.is_on_front)),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="sans-serif" font-size="12">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _frame(across: _Axis, up: _Axis, x_title: str, y_title: str) -> list[str]:
    bottom, middle = HEIGHT - _BOTTOM, (_TOP + HEIGHT - _BOTTOM) / 2
    centre, left = (_LEFT + WIDTH - _RIGHT) / 2, _LEFT - 8
    return [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<path d="M{_LEFT},{_TOP} V{bottom} H{WIDTH - _RIGHT}" fill="none" stroke="black"/>',
        f'<text x="{centre}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_title)}</text>',
        f'<text transform="translate(16,{middle}) rotate(-90)" text-anchor="middle">{escape(y_title)}</text>',
        *(
            f'<text x="{across.place(value)}" y="{bottom + 18}" text-anchor="middle">{value:.3g}</text>'
            for value in across.ticks
        ),
        *(
            f'<text x="{left}" y="{up.place(value) + 4}" text-anchor="end">{value:.3g}</text>'
            for value in up.ticks
        ),
    ]


def _dot(point: Point, across: _Axis, up: _Axis) -> str:
    colour, radius = (_FRONT, 5) if point.is_on_front else (_PLAIN, 4)
    return (
        f'<circle cx="{across.place(point.x)}" cy="{up.place(point.y)}" r="{radius}" fill="{colour}">'
        f"<title>{escape(point.label)}</title></circle>"
    )
