"""Placeholders are kept, and none is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.optimizers.constraints import KeepsPlaceholders
from textgrad_lite.prompts import PromptTemplate

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


class TestKeepsPlaceholders:
    def test_names_a_placeholder_that_vanished(self) -> None:
        violation = KeepsPlaceholders().check("Translate {text} into {language}.", "Translate {text}.")

        assert violation == "The text must contain {language}, written exactly so."

    def test_names_a_placeholder_that_was_invented(self) -> None:
        violation = KeepsPlaceholders().check("Count.", "Count {items} and {things}.")

        assert violation == "The text must not contain {items} and {things}: nothing fills it in."

    @pytest.mark.parametrize(
        "new",
        [
            "In {language}, say {text}.",
            "{text} {text} {language}",
            'Give {"json": 1} for {text} in {language} and {{literal}}',
        ],
    )
    def test_accepts_any_text_with_the_same_placeholders(self, new: str) -> None:
        assert KeepsPlaceholders().check("Translate {text} into {language}.", new) is None

    def test_tells_them_beforehand(self) -> None:
        assert "{text} and {language}" in KeepsPlaceholders().describe("{text} {language}")
        assert KeepsPlaceholders().describe("Nothing to fill.") == ""

    @given(st.lists(NAMES, max_size=4), st.text())
    def test_what_passes_can_be_filled_with_the_same_fields(self, names: list[str], new: str) -> None:
        old = " ".join(f"{{{name}}}" for name in names)

        if KeepsPlaceholders().check(old, new) is None:
            before, after = PromptTemplate.parse(old), PromptTemplate.parse(new)
            assert set(before.placeholders) == set(after.placeholders)
