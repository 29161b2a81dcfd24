"""The curve: what it shows, and that it is drawn where it should be."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from tests.training.doubles import make_score
from textgrad_lite.report.curve import Course, Point, draw_curve, read_course
from textgrad_lite.training import RunRecord

NAMESPACE_FREE = re.compile(r"<svg ")


def draw(course: Course) -> ElementTree.Element:
    return ElementTree.fromstring(str(draw_curve(course)))  # noqa: S314 - drawn by us


def test_a_run_is_read_as_points_over_calls(record: RunRecord) -> None:
    course = read_course(record)
    assert course.best[0].label == "the original"
    assert [point.calls for point in course.best] == sorted(point.calls for point in course.best)
    assert course.best[-1].score.value > course.best[0].score.value
    assert [point.label for point in course.tests] == ["test, before", "test, after"]


def test_a_better_score_is_drawn_higher_and_later_calls_further_right() -> None:
    course = Course([Point(10, make_score(0.2), "a"), Point(50, make_score(0.8), "b")], [], [])
    first, second = draw(course).findall("circle")
    assert float(first.attrib["cx"]) < float(second.attrib["cx"])
    assert float(first.attrib["cy"]) > float(second.attrib["cy"])
    title = second.find("title")
    assert title is not None
    assert title.text == "b: 80.0% (n = 10, 95 % interval 60.0% to 100.0%) after 50 calls"


def test_labels_are_escaped() -> None:
    course = Course([Point(1, make_score(), "<script>&")], [Point(1, make_score(), '"<b>')], [])
    titles = [circle.find("title") for circle in draw(course).findall("circle")]
    assert [title.text.split(":")[0] for title in titles if title is not None and title.text] == [
        '"<b>',
        "<script>&",
    ]


@pytest.mark.parametrize("calls", [1, 7, 64, 99, 812, 12_345])
def test_the_axis_has_a_few_round_numbers(calls: int) -> None:
    texts = [
        text.text or "" for text in draw(Course([Point(calls, make_score(), "a")], [], [])).findall("text")
    ]
    numbers = [int(text.replace(",", "")) for text in texts if text.replace(",", "").isdigit()]
    assert numbers[0] == 0
    assert 2 <= len(numbers) <= 10
    assert numbers[-1] <= calls * 1.06


def test_a_run_without_a_score_has_no_curve() -> None:
    assert draw_curve(Course([], [], [])) == ""
