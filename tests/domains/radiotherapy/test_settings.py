"""Settings are read strictly, and written so that they can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.domains.radiotherapy import DOSES, WEIGHTS, KeepsForm, Settings, SettingsForm
from textgrad_lite.domains.radiotherapy.settings import STRUCTURES
from textgrad_lite.errors import ConfigurationError

WEIGHTS_TEXT = "target weight = 100\ncore weight = 10\nbody weight = 2.5"
DOSES_TEXT = "target dose = 50 Gy\ncore dose = 25 Gy\nbody dose = 30 Gy"


def test_both_texts_are_read() -> None:
    settings = Settings.read(WEIGHTS_TEXT, DOSES_TEXT)
    assert settings.weights == {"target": 100, "core": 10, "body": 2.5}
    assert settings.doses == {"target": 50, "core": 25, "body": 30}
    assert settings.text == f"{WEIGHTS_TEXT}\n\n{DOSES_TEXT}\n"


def test_blank_lines_and_another_order_do_not_matter() -> None:
    text = "\n  core weight = 10  \n\nbody weight = 2.5\ntarget weight = 100\n"
    assert list(WEIGHTS.read(text).items()) == list(WEIGHTS.read(WEIGHTS_TEXT).items())


@pytest.mark.parametrize(
    "line, problem",
    [
        ("target weight = -5", "not of the form"),
        ("target weight = 1e3", "not of the form"),
        ("target weight = nan", "not of the form"),
        ("target weight = 100 Gy", "not of the form"),
        ("target weight: 100", "not of the form"),
        ("target dose = 50 Gy", "not of the form"),
        ("target weight = 100  # raised", "not of the form"),
        ("Raise the target.", "not of the form"),
        ("target weight = 1000.1", "out of its range"),
        ("target weight = 0", "out of its range"),
        ("rectum weight = 5", "no structure 'rectum'"),
        ("core weight = 11", "core weight is set twice"),
        ("", "target weight is missing"),
    ],
)
def test_what_is_not_of_the_form_is_refused_with_the_form(line: str, problem: str) -> None:
    text = f"core weight = 10\n{line}\nbody weight = 2.5"
    with pytest.raises(ConfigurationError, match=problem) as caught:
        WEIGHTS.read(text)
    assert "target weight from 1 to 1000" in caught.value.hint


def test_a_dose_needs_its_unit() -> None:
    with pytest.raises(ConfigurationError, match="not of the form"):
        DOSES.read(DOSES_TEXT.replace(" Gy", ""))


@pytest.mark.parametrize("form", [WEIGHTS, DOSES])
@given(shares=st.tuples(*[st.floats(0, 1)] * 3))
def test_what_is_written_is_read_again(form: SettingsForm, shares: tuple[float, ...]) -> None:
    numbers = {
        name: form.low[name] + share * (form.high[name] - form.low[name])
        for name, share in zip(STRUCTURES, shares, strict=True)
    }
    read = form.read(form.write(numbers))
    assert read == {name: pytest.approx(number, abs=0.005) for name, number in numbers.items()}
    assert form.write(read) == form.write(numbers)


def test_a_rewrite_keeps_the_form_of_the_old_text() -> None:
    constraint = KeepsForm()
    assert constraint.check(WEIGHTS_TEXT, WEIGHTS_TEXT.replace("100", "200")) is None
    assert constraint.check(DOSES_TEXT, DOSES_TEXT.replace("25", "20")) is None
    assert "not of the form" in (constraint.check(WEIGHTS_TEXT, DOSES_TEXT) or "")
    assert "not of the form" in (constraint.check(DOSES_TEXT, WEIGHTS_TEXT) or "")
    assert constraint.describe(DOSES_TEXT) == DOSES.describe()
    assert "from 45 to 55 Gy" in (constraint.check(DOSES_TEXT, DOSES_TEXT.replace("50", "80")) or "")
