"""What can be set, once: the options of the commands, the keys of a configuration file and the variables."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from textgrad_lite.errors import ConfigurationError

ENVIRONMENT_PREFIX = "TEXTGRAD_LITE_"

Share = Annotated[float, Field(gt=0)]
Positive = Annotated[int, Field(ge=1)]
Lines = Annotated[
    list[str], BeforeValidator(lambda given: given.splitlines() if isinstance(given, str) else given)
]
"""Several texts; in a variable of the environment one a line."""


CacheMode = Annotated[
    Literal["on", "off", "read-only", "refresh"],
    BeforeValidator(lambda given: ("off", "on")[given] if isinstance(given, bool) else given),
]
"""How the cache is used; YAML reads a bare ``on`` or ``off`` as a truth value."""

Fold = Annotated[str, Field(pattern=r"^[1-9]\d*/[1-9]\d*$")]
"""One of so many parts, such as ``2/5``."""

_PRICE = r"^\d+(\.\d+)?/\d+(\.\d+)?$"


def _check_price(text: str) -> str:
    if not re.match(_PRICE, text):
        raise PydanticCustomError("price", "write IN/OUT, such as 0.25/2, not '{given}'", {"given": text})
    return text


Price = Annotated[str, AfterValidator(_check_price), WithJsonSchema({"type": "string", "pattern": _PRICE})]
"""Dollars per million tokens of prompts and of answers, such as ``0.25/2``."""


def _check_strategy(text: str) -> str:
    from textgrad_lite.training.strategies import get_strategy  # heavy, and not needed where none is named

    _say_as_of_a_value(get_strategy, text)
    return text


def _check_sources(names: list[str]) -> list[str]:
    from textgrad_lite.training.default_sources import make_sources

    _say_as_of_a_value(make_sources, names)
    return names


def _say_as_of_a_value(make: Callable[[Any], object], value: object) -> None:
    """Make what a value stands for; what is wrong with it is told along with the place of the value."""
    try:
        make(value)
    except ConfigurationError as error:
        raise PydanticCustomError("name", "{message}", {"message": str(error)}) from error


StrategyText = Annotated[str, AfterValidator(_check_strategy)]
"""A strategy by name, with settings of it after a colon: ``beam:width=3``."""


def _check_edit_size(given: object) -> object:
    from textgrad_lite.optimizers.edit_size import read_edit_size  # heavy, and seldom needed

    if given is not None:
        _say_as_of_a_value(read_edit_size, str(given))
    return given if given is None else str(given)


EditText = Annotated[str, BeforeValidator(_check_edit_size)]
"""How much of a text one round may change: a number, or a schedule with its numbers after colons."""

SourceNames = Annotated[Lines, AfterValidator(_check_sources)]
"""Sources of proposals by their names."""


class Settings(BaseModel):
    """Every setting with its default, its limits and the sentence that ``--help`` shows.

    The title of a field is the panel of the help that it stands in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(
        "local/qwen2.5-coder-1.5b",
        title="Models",
        description="The model that the prompt is for: provider/model, local/NAME, python:FILE.py:FUNCTION.",
    )
    optimizer_model: str | None = Field(
        None, title="Models", description="The model that criticises and rewrites; the same one if not given."
    )
    base_url: str | None = Field(
        None, title="Models", description="Address of an OpenAI-compatible server for --model."
    )
    optimizer_base_url: str | None = Field(
        None, title="Models", description="The same for --optimizer-model."
    )
    api_key_env: str | None = Field(
        None, title="Models", description="Environment variable that holds the key for --model."
    )
    optimizer_api_key_env: str | None = Field(
        None, title="Models", description="The same for --optimizer-model."
    )
    temperature: float | None = Field(
        0.0, ge=0, le=2, title="Models", description="Sampling temperature of --model."
    )
    optimizer_temperature: float | None = Field(
        0.7, ge=0, le=2, title="Models", description="Sampling temperature of --optimizer-model."
    )
    max_output_tokens: Positive | None = Field(
        None,
        title="Models",
        description="Longest answer, in tokens; needed with --max-usd and --max-tokens. Local models: 1024.",
    )
    concurrency: Positive = Field(16, title="Models", description="Requests that are open at the same time.")
    price: Price | None = Field(
        None, title="Models", description="Dollars per million tokens, IN/OUT, where the price is not known."
    )
    optimizer_price: Price | None = Field(None, title="Models", description="The same for --optimizer-model.")
    requests_per_minute: Positive | None = Field(
        None, title="Models", description="At most so many requests a minute, to each model."
    )
    timeout: float | None = Field(
        None,
        gt=0,
        title="Models",
        description="Seconds to wait for one answer; the provider's own if not given.",
    )
    attempts: Positive = Field(
        8, title="Models", description="Times that a request is sent before it counts as failed."
    )
    cache: CacheMode = Field(
        "on", title="Models", description="Answers of earlier runs: on, off, read-only or refresh."
    )
    cache_dir: Path | None = Field(
        None, title="Models", description="Where they lie; a folder of the user by default."
    )

    local_threads: Positive | None = Field(
        None, title="Local models", description="Threads that compute; measured at the start if not given."
    )
    local_slots: Positive | None = Field(
        None, title="Local models", description="Requests that are worked on together; 4 if not given."
    )
    local_context: Positive | None = Field(
        None, title="Local models", description="Tokens of prompt and answer that one request may use."
    )

    metric: str = Field(
        "exact",
        title="Data",
        description="How an answer is scored: exact, numeric, contains, choice, label:A|B, words, brackets, "
        "typed, regex:PATTERN, json, judge:RUBRIC_FILE, python:FILE.py:FUNCTION.",
    )
    input_field: str | None = Field(
        None, title="Data", description="Field that holds the input; input, question or prompt if not given."
    )
    target_field: str | None = Field(
        None,
        title="Data",
        description="Field that holds the target; target, expected or answer if not given.",
    )
    rename: Lines = Field(
        [],
        title="Data",
        description="Another name for a field, OLD=NEW, as the prompt calls it; may be given several times.",
    )
    image_field: Lines = Field(
        [],
        title="Data",
        description="Field that names an image, a file or an address, which the model is shown; likewise.",
    )
    train: Share = Field(0.4, title="Data", description="Part to learn from: a share below 1, or a count.")
    val: Share = Field(0.2, title="Data", description="Part to select on, likewise.")
    test: float = Field(
        0.4, ge=0, title="Data", description="Part for the verdict, likewise; 0 for no verdict."
    )
    stratify: str | None = Field(
        None,
        title="Data",
        description="Field whose values are spread over the parts by their shares; target for the target.",
    )
    split_field: str | None = Field(
        None,
        title="Data",
        description="Field that says train, val or test, instead of a split by seed.",
    )
    fold: Fold | None = Field(
        None,
        title="Data",
        description="K/N: divide the data into N folds, and use fold K for the verdict.",
    )

    steps: Positive = Field(6, title="Search", description="Rounds of criticism and rewriting.")
    strategy: StrategyText = Field(
        "halving",
        title="Search",
        description="How candidates are searched: halving, greedy, beam, pareto, opro, evolutionary, "
        "demonstrations; settings of it after a colon, such as beam:width=3,selection=ucb.",
    )
    source: SourceNames = Field(
        [],
        title="Search",
        description="Where candidates come from, each source by its name; may be given several times. Those "
        "of the strategy if not given. See docs/strategies.md.",
    )
    momentum: int | None = Field(
        None,
        ge=0,
        title="Search",
        description="Past prompts that a rewrite is shown with their scores; 3 if not given.",
    )
    patience: Positive | None = Field(
        None, title="Search", description="Ends after so many rounds in a row without a better prompt."
    )
    min_gain: float | None = Field(
        None,
        gt=0,
        le=1,
        title="Search",
        description="Ends where the last rounds, as many as --patience or 3, gained less than this.",
    )
    target: float | None = Field(
        None, gt=0, le=1, title="Search", description="Ends at this mean score on the validation examples."
    )
    batch_size: Positive = Field(8, title="Search", description="Examples that are criticised in a round.")
    accumulate: Positive = Field(
        1, title="Search", description="Batches whose criticism is gathered for one round."
    )
    protect: float = Field(
        0.25,
        ge=0,
        le=1,
        title="Search",
        description="Share of the examples of a batch that pass to take along, so that what is good stays.",
    )
    edit_size: EditText | None = Field(
        None,
        title="Search",
        description="Share of the words that a round may change: 0.3, decaying:0.6:0.1:6, adaptive:0.1:0.6.",
    )
    repeats: Positive = Field(1, title="Search", description="Times that each example is run for its score.")
    max_error_rate: float = Field(
        0.1, ge=0, le=1, title="Search", description="Ends where more than this share of calls fails."
    )
    constraint: Lines = Field(
        [], title="Search", description="A wish in words for every rewrite; may be given several times."
    )
    max_length: Positive | None = Field(
        None,
        title="Search",
        description="Longest prompt, in characters; 4000, or four times the original, if not given.",
    )
    headroom: int = Field(
        8,
        ge=0,
        title="Search",
        description="Failing examples that are drawn again first, to see what there is to gain; 0 for none.",
    )
    seed: int = Field(0, title="Search", description="Seed of the split and of every choice.")

    max_calls: Positive | None = Field(None, title="Limits", description="Calls to models, all together.")
    max_tokens: Positive | None = Field(None, title="Limits", description="Tokens in and out, all together.")
    max_usd: float | None = Field(None, gt=0, title="Limits", description="Money, all together.")
    max_seconds: float | None = Field(
        None, gt=0, title="Limits", description="Time; the best so far is kept and judged."
    )

    out: Path | None = Field(
        None, title="Output", description="Folder of the run; runs/PROMPT-DATE-TIME if not given."
    )


def get_option(name: str) -> str:
    """Return how a setting is written on the command line."""
    return f"--{name.replace('_', '-')}"
