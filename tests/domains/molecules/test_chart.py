"""The scatter plot is an SVG document with a mark for each point."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.domains.molecules.chart import HEIGHT, WIDTH, Point, scatter

SVG = "{http://www.w3.org/2000/svg}"
numbers = st.floats(-1e6, 1e6, allow_nan=False)
points = st.builds(Point, numbers, numbers, st.sampled_from(["C", "a<b&'c\""]), st.booleans())


@given(st.lists(points, min_size=1, max_size=20))
def test_every_point_is_drawn_inside(drawn: list[Point]) -> None:
    root = ElementTree.fromstring(scatter(drawn, "x < 1 & y", "y"))  # noqa: S314 - our own drawing
    circles = root.findall(f"{SVG}circle")
    assert len(circles) == len(drawn)
    for circle in circles:
        assert 0 < float(circle.attrib["cx"]) < WIDTH
        assert 0 < float(circle.attrib["cy"]) < HEIGHT
    assert {circle.findtext(f"{SVG}title") for circle in circles} == {point.label for point in drawn}


def test_higher_is_further_up_and_to_the_right() -> None:
    root = ElementTree.fromstring(scatter([Point(1, 1, "low"), Point(2, 3, "high")], "x", "y"))  # noqa: S314
    low, high = root.findall(f"{SVG}circle")
    assert float(low.attrib["cx"]) < float(high.attrib["cx"])
    assert float(low.attrib["cy"]) > float(high.attrib["cy"])


def test_the_front_is_joined_by_a_line() -> None:
    drawn = [Point(2, 1, "b", True), Point(0, 0, "no"), Point(1, 2, "a", True)]
    root = ElementTree.fromstring(scatter(drawn, "x", "y"))  # noqa: S314
    line = root.find(f"{SVG}polyline")
    assert line is not None
    places = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
    assert places == sorted(places)
    assert len(places) == 2


def test_a_front_over_more_than_is_drawn_is_not_joined() -> None:
    drawn = [Point(2, 1, "b", True), Point(1, 2, "a", True)]
    assert "<polyline" not in scatter(drawn, "x", "y", is_joined=False)
