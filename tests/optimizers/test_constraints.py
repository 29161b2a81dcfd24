"""Hard constraints: what passes, what is told to the model, and what is told beforehand."""

import re
import sys
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.errors import ConfigurationError, MissingDependencyError
from textgrad_lite.optimizers.constraints import (
    Constraint,
    IsNumber,
    JsonSchema,
    KeepsPlaceholders,
    Matches,
    MaxLength,
    ParsesAsPython,
    Satisfies,
    estimate_tokens,
    first_violation,
)
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


class TestMatches:
    def test_searches_the_whole_text(self) -> None:
        assert Matches(r"Answer:").check("", "Think.\nAnswer: 3") is None

    def test_says_what_it_demands(self) -> None:
        assert Matches(r"\Ax\Z").check("", "y") == r"The text must match the regular expression \Ax\Z"
        assert Matches(re.compile("x"), description="Say x.").check("", "y") == "Say x."
        assert Matches(re.compile("x")).describe("") == "The text must match the regular expression x"

    def test_refuses_a_pattern_that_is_none(self) -> None:
        with pytest.raises(ConfigurationError, match="no regular expression"):
            Matches("(")


class TestJsonSchema:
    SCHEMA: ClassVar = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}

    def test_accepts_what_fits(self) -> None:
        assert JsonSchema(self.SCHEMA).check("", '{"n": 1}') is None

    @pytest.mark.parametrize(
        "new, part",
        [
            ('{"n": "one"}', r"at \$\.n: 'one' is not of type"),
            ("{}", "'n' is a required property"),
            ('{"n": 1', "must be one JSON document"),
            ('Here: {"n": 1}', "must be one JSON document"),
        ],
    )
    def test_says_what_does_not(self, new: str, part: str) -> None:
        assert re.search(part, str(JsonSchema(self.SCHEMA).check("", new)))

    def test_shows_the_schema_beforehand(self) -> None:
        assert '"required": ["n"]' in JsonSchema(self.SCHEMA).describe("")

    def test_refuses_a_schema_that_is_none(self) -> None:
        with pytest.raises(ConfigurationError, match="no JSON schema"):
            JsonSchema({"type": "nonsense"})

    def test_names_the_extra_that_it_needs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "jsonschema", None)
        monkeypatch.setitem(sys.modules, "jsonschema.validators", None)

        with pytest.raises(MissingDependencyError, match=r"textgrad-lite\[schema\]"):
            JsonSchema({})


class TestIsNumber:
    def test_reads_numbers_as_python_does(self) -> None:
        assert IsNumber(int).check("1", "-12") is None
        assert IsNumber(float).check("1", "1e-3") is None

    def test_asks_for_the_kind(self) -> None:
        assert (
            IsNumber(int).check("1", "1.5")
            == IsNumber(int).describe("")
            == "The text must be one whole number."
        )
        assert IsNumber().check("1", "one") == "The text must be one number."


class TestParsesAsPython:
    def test_accepts_code_and_never_runs_it(self) -> None:
        assert ParsesAsPython().check("", "raise SystemExit('\\d')") is None

    @pytest.mark.parametrize("new", ["def f(:\n", "x = \0", "```python\nx = 1\n```", "-" * 100_000 + "1"])
    def test_says_why_something_is_no_code(self, new: str) -> None:
        assert str(ParsesAsPython().check("", new)).startswith("The text must be Python code: ")

    def test_names_the_line(self) -> None:
        assert "line 2" in str(ParsesAsPython().check("", "x = 1\ny = ="))

    def test_asks_for_code_only(self) -> None:
        assert "without a code fence" in ParsesAsPython().describe("")


class TestSatisfies:
    def test_asks_the_function(self) -> None:
        short = Satisfies(lambda text: len(text) < 3, "Be short.")

        assert short.check("", "ab") is None
        assert short.check("", "abc") == short.describe("") == "Be short."

    def test_takes_the_message_of_a_validator_that_raises(self) -> None:
        assert "Give a number. (could not convert" in str(Satisfies(float, "Give a number.").check("", "x"))

    def test_needs_no_message(self) -> None:
        def refuses(text: str) -> bool:
            raise AssertionError

        assert Satisfies(refuses, "No.").check("", "x") == "No."

    def test_lets_a_bug_of_the_function_through(self) -> None:
        with pytest.raises(ZeroDivisionError):
            Satisfies(lambda text: 1 / 0, "Anything.").check("", "x")


def test_the_first_violation_counts() -> None:
    constraints: list[Constraint] = [MaxLength(characters=9), Matches("a", "Say a."), Matches("b", "Say b.")]

    assert first_violation(constraints, "", "ccc") == "Say a."
    assert first_violation(constraints, "", "ab") is None


def test_a_constraint_need_not_describe_itself() -> None:
    class Silent(Constraint):
        def check(self, _old: str, _new: str, /) -> str | None:
            return None

    assert Silent().describe("old") == ""
