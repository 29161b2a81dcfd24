"""Limits on length and on the size of a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.errors import ConfigurationError
from textgrad_lite.optimizers.constraints import MaxChange, MaxLength, estimate_tokens


class TestMaxLength:
    def test_counts_characters(self) -> None:
        assert MaxLength(characters=3).check("", "äöü") is None
        assert "has 4 characters, at most 3" in str(MaxLength(characters=3).check("", "äöüß"))

    def test_counts_tokens_with_the_given_tokenizer(self) -> None:
        limit = MaxLength(tokens=2, counts_tokens=lambda text: len(text.split()))

        assert limit.check("", "two words") is None
        assert "about 3 tokens, at most 2" in str(limit.check("", "one two three"))

    def test_estimates_tokens_without_one(self) -> None:
        assert [estimate_tokens(text) for text in ("", "abcd", "abcde", "\ud800")] == [0, 1, 2, 1]

    def test_tells_its_limits(self) -> None:
        assert MaxLength(characters=9, tokens=2).describe("") == "Write at most 9 characters and 2 tokens."

    def test_needs_a_limit(self) -> None:
        with pytest.raises(ConfigurationError, match="no limit"):
            MaxLength()


class TestMaxChange:
    OLD = "one two three four five six seven eight nine ten"

    def test_a_small_change_passes(self) -> None:
        assert MaxChange(0.1).check(self.OLD, self.OLD.replace("three", "3")) is None

    def test_a_large_one_is_told_its_size(self) -> None:
        violation = MaxChange(0.1).check(self.OLD, self.OLD.replace("three four", "3 4"))

        assert violation == "20% of the text was changed, at most 10% may be. Change less."

    def test_it_tells_its_limit(self) -> None:
        assert "at most 25% of the words" in MaxChange(0.25).describe("")

    @pytest.mark.parametrize("share", [0, -0.5, 1.01])
    def test_a_share_that_cannot_work_is_refused(self, share: float) -> None:
        with pytest.raises(ConfigurationError, match="has the share"):
            MaxChange(share)

    @given(st.text("ab "), st.text("ab "))
    def test_the_largest_share_lets_everything_pass(self, old: str, new: str) -> None:
        assert MaxChange(1).check(old, new) is None

    @given(st.text("ab "))
    def test_no_change_is_none(self, text: str) -> None:
        assert MaxChange(0.001).check(text, text) is None
