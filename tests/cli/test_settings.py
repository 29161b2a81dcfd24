"""Settings: where a value comes from, and what is said of one that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite_cli.gathering import gather
from textgrad_lite_cli.settings import Settings, get_option


def gather_from(
    given: Mapping[str, Any] = {}, environment: Mapping[str, str] = {}, file: Mapping[str, Any] = {}
) -> Settings:
    return gather(given, environment=environment, file=file, file_name="x.yaml").settings


def test_command_line_wins_over_environment_over_file_over_default() -> None:
    given, environment, file = {"steps": 1}, {"TEXTGRAD_LITE_STEPS": "2"}, {"steps": 3}
    assert gather_from(given, environment, file).steps == 1
    assert gather_from({}, environment, file).steps == 2
    assert gather_from({}, {}, file).steps == 3
    assert gather_from().steps == Settings.model_fields["steps"].default


def test_what_was_not_given_on_the_command_line_hides_nothing() -> None:
    assert gather_from({"steps": None}, file={"steps": 3}).steps == 3


def test_a_variable_of_another_program_is_ignored() -> None:
    assert gather_from(environment={"STEPS": "2"}) == Settings()


def test_several_constraints_stand_one_a_line_in_a_variable() -> None:
    assert gather_from(environment={"TEXTGRAD_LITE_CONSTRAINT": "short\npolite"}).constraint == [
        "short",
        "polite",
    ]


@pytest.mark.parametrize(
    "given, environment, file, place",
    [
        ({"steps": 0}, {}, {}, "--steps"),
        ({}, {"TEXTGRAD_LITE_STEPS": "many"}, {}, "TEXTGRAD_LITE_STEPS"),
        ({}, {}, {"max_usd": -1}, "x.yaml: max_usd"),
        ({}, {}, {"cache": "maybe"}, "x.yaml: cache"),
        ({"edit_size": "much"}, {}, {}, "--edit-size"),
        ({}, {}, {"protect": 1.5}, "x.yaml: protect"),
    ],
)
def test_a_bad_value_is_reported_with_its_place(
    given: dict[str, Any], environment: dict[str, str], file: dict[str, Any], place: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{place}: "):
        gather_from(given, environment, file)


@pytest.mark.parametrize("word", ["on", "off", "read-only", "refresh"])
def test_the_cache_is_named_in_yaml_without_quotes(word: str) -> None:
    assert gather_from(file=yaml.safe_load(f"cache: {word}")).cache == word


def test_all_bad_values_are_reported_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        gather_from({"steps": 0, "batch_size": 0})
    assert "--steps" in caught.value.message
    assert "--batch-size" in caught.value.message


def test_an_unknown_key_is_reported_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'steps'") as caught:
        gather_from(file={"stepz": 3})
    assert "x.yaml" in str(caught.value)


def test_an_unknown_variable_is_reported_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'TEXTGRAD_LITE_STEPS'"):
        gather_from(environment={"TEXTGRAD_LITE_STEPZ": "3"})


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_explains_itself(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description is not None
    assert field.description.endswith(".")
    assert field.title in {"Models", "Local models", "Data", "Search", "Limits", "Output"}
    assert get_option(name) == "--" + name.replace("_", "-")


@pytest.mark.parametrize(
    "given, message",
    [
        ({"strategy": "bem"}, "--strategy: unknown strategy 'bem'\nDid you mean 'beam'"),
        ({"strategy": "beam:wdth=3"}, "unknown setting of the strategy beam: 'wdth'\nDid you mean 'width'"),
        ({"strategy": "beam:width"}, "'width' is not of the form setting=value"),
        ({"strategy": "beam:width=many"}, "width=many: Input should be a valid integer"),
        ({"strategy": "beam:width=0"}, "width is 0"),
        (
            {"source": ["gradient"]},
            "--source: unknown source of proposals 'gradient'\nDid you mean 'gradients'",
        ),
    ],
)
def test_a_strategy_or_source_that_is_none_is_refused_with_the_nearest_name(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        gather(given, environment={}, file={})
    assert message in str(caught.value)


@pytest.mark.parametrize("size", [0.3, "0.3", "decaying:0.6:0.1:6", "adaptive"])
def test_the_size_of_an_edit_is_a_number_or_a_schedule(size: float | str) -> None:
    assert gather_from(file={"edit_size": size}).edit_size == str(size)
