"""Patterns, JSON, numbers and code."""

import re
import sys
from typing import ClassVar

import pytest

from textgrad_lite.errors import ConfigurationError, MissingDependencyError
from textgrad_lite.optimizers.constraints import IsNumber, JsonSchema, Matches, ParsesAsPython


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
