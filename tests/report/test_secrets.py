"""Tests of textgrad_lite.report.secrets: what of a configuration may be shown."""

from __future__ import annotations

import pytest

from textgrad_lite.report.secrets import HIDDEN, flatten_config


@pytest.mark.parametrize(
    "name",
    ["api_key", "apiKey", "api-key", "X-Api-Key", "OPENAI_API_KEY", "accessToken", "Cookie", "client.secret"],
)
def test_what_sounds_like_a_secret_is_hidden_however_it_is_written(name: str) -> None:
    assert dict(flatten_config({"engine": {name: "s3cret"}})) == {f"engine.{name}": HIDDEN}


def test_all_below_a_name_that_sounds_like_a_secret_is_hidden() -> None:
    assert dict(flatten_config({"extra_headers": {"Via": "s3cret"}})) == {"extra_headers": HIDDEN}


def test_mappings_in_a_list_are_read_too() -> None:
    config = {"models": [{"name": "m", "api_key": "s3cret"}, {"name": "n"}]}
    assert dict(flatten_config(config)) == {
        "models.0.name": "m",
        "models.0.api_key": HIDDEN,
        "models.1.name": "n",
    }


def test_what_only_counts_or_names_is_shown_and_what_is_not_set_is_left_out() -> None:
    config = {"max_tokens": 3, "api_key_env": "MINE", "source": ["a", "b"], "out": None, "wishes": []}
    assert dict(flatten_config(config)) == {"max_tokens": "3", "api_key_env": "MINE", "source": "a, b"}


def test_credentials_in_addresses_are_taken_out() -> None:
    config = {"base_url": "https://me:s3cret@host/v1?api_key=s3cret&x=1"}
    assert dict(flatten_config(config)) == {"base_url": "https://host/v1?api_key=…&x=1"}
