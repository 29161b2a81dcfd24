"""Prompts in the formats of other tools, each read back as that tool reads it."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from textgrad_lite.data import Example
from textgrad_lite.errors import PromptError, RunError, UnknownNameError
from textgrad_lite.prompts import PromptTemplate
from textgrad_lite.report import FORMATS, Prompt, export_prompt
from textgrad_lite.report.exporting.braces import escape_nunjucks, to_nunjucks
from textgrad_lite.training import RunFolder, RunRecord

SETTINGS = {
    "model": "openai/gpt-5-mini",
    "temperature": 0.0,
    "max_output_tokens": 300,
    "metric": "numeric",
    "base_url": None,
    "api_key_env": None,
}
EXAMPLES = [
    Example(id="1", input="I have {{ two }} apples.", target="2"),
    Example(id="2", input='None: "quoted", {% raw %}?', target="0", fields={"topic": "fruit"}),
]
SYSTEM = "Think step by step.\n\nThe last line is 'Answer: N'. JSON is {\"a\": 1}.\n"
TEMPLATE = 'About {topic}: {input}\nReply with {{}} and a "number".\n'


def make_prompt(record: RunRecord, text: str, **settings: Any) -> Prompt:
    assert record.result is not None
    result = record.result.model_copy(
        update={"best_text": text, "best_state": {"prompt": text, "examples": []}}
    )
    return Prompt("counter", text, result, {**SETTINGS, **settings}, EXAMPLES)


def filled(prompt: Prompt, example: Example) -> list[tuple[str, str]]:
    """The messages that our own model sends."""
    template = PromptTemplate.parse(prompt.text)
    if template.placeholders:
        return [("user", template.format({"topic": "", **example.placeholders}))]
    return [("system", prompt.text), ("user", example.input)]


def fill_mustache(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda tag: values[tag[1]], text)


@pytest.fixture(params=[SYSTEM, TEMPLATE], ids=["system", "template"])
def prompt(request: pytest.FixtureRequest, record: RunRecord) -> Prompt:
    return make_prompt(record, request.param)


def test_a_run_gives_its_prompt(record: RunRecord) -> None:
    prompt = Prompt.of(record)
    assert record.result is not None
    assert (prompt.name, prompt.text) == ("first", record.result.best_text)
    assert Prompt.of(record, name="mine").name == "mine"


def test_the_text_is_that_of_the_run(prompt: Prompt) -> None:
    assert export_prompt(prompt, "txt") == prompt.text


def test_json_holds_text_state_and_verdict(prompt: Prompt) -> None:
    told = json.loads(export_prompt(prompt, "json"))
    assert (told["text"], told["state"]["prompt"], told["model"]) == (
        prompt.text,
        prompt.text,
        "openai/gpt-5-mini",
    )
    assert told["placeholders"] == list(PromptTemplate.parse(prompt.text).placeholders)
    assert told["verdict"]["sentence"]


@pytest.mark.parametrize("example", EXAMPLES, ids=["1", "2"])
def test_the_module_makes_the_messages(prompt: Prompt, example: Example) -> None:
    module: dict[str, Any] = {}
    exec(export_prompt(prompt, "python"), module)  # noqa: S102 - our own text, made a line above
    assert module["PROMPT"] == prompt.text
    values = {name: example.placeholders.get(name, "") for name in module["FIELDS"]}
    made = [(message["role"], message["content"]) for message in module["make_messages"](**values)]
    assert made == filled(prompt, example)


def test_the_module_misses_a_field_that_is_not_given(record: RunRecord) -> None:
    module: dict[str, Any] = {}
    exec(export_prompt(make_prompt(record, TEMPLATE), "python"), module)  # noqa: S102
    with pytest.raises(KeyError, match="topic"):
        module["make_messages"](input="x")


@given(
    text=st.text(st.sampled_from("ab \n\r\t'\"\\{}%#é\u2028"), max_size=30).filter(
        lambda text: not PromptTemplate.parse(text).placeholders
    )
)
def test_the_module_keeps_every_character(record: RunRecord, text: str) -> None:
    module: dict[str, Any] = {}
    exec(export_prompt(make_prompt(record, text), "python"), module)  # noqa: S102
    assert module["PROMPT"] == text


@pytest.mark.parametrize("example", EXAMPLES, ids=["1", "2"])
def test_the_file_of_github_models_says_the_same(prompt: Prompt, example: Example) -> None:
    told = yaml.safe_load(export_prompt(prompt, "prompt.yml"))
    assert (told["name"], told["model"]) == ("counter", "openai/gpt-5-mini")
    assert told["modelParameters"] == {"temperature": 0.0, "maxTokens": 300}
    row = told["testData"][EXAMPLES.index(example)]
    assert row["expected"] == example.target
    made = [(message["role"], fill_mustache(message["content"], row)) for message in told["messages"]]
    assert made == filled(prompt, example)
    assert told["evaluators"][0]["uses"] == "github/similarity"


@pytest.mark.parametrize("example", EXAMPLES, ids=["1", "2"])
def test_langfuse_gets_a_text_or_a_chat(prompt: Prompt, example: Example) -> None:
    body = json.loads(export_prompt(prompt, "langfuse"))
    assert body.keys() == {"type", "name", "prompt", "config", "labels", "tags", "commitMessage"}
    assert body["config"] == {"model": "openai/gpt-5-mini", "temperature": 0.0, "max_tokens": 300}
    values = {"topic": "", **example.placeholders}
    if body["type"] == "text":
        made = [("user", fill_mustache(body["prompt"], values))]
    else:
        made = [(message["role"], fill_mustache(message["content"], values)) for message in body["prompt"]]
    assert made == filled(prompt, example)


@pytest.mark.parametrize("example", EXAMPLES, ids=["1", "2"])
def test_promptfoo_renders_the_same_messages(prompt: Prompt, example: Example) -> None:
    text = export_prompt(prompt, "promptfoo")
    assert text.startswith("# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json\n")
    told = yaml.safe_load(text)
    environment = Environment(keep_trailing_newline=True)  # noqa: S701 - Nunjucks is read like Jinja here
    test = told["tests"][EXAMPLES.index(example)]
    values = {name: environment.from_string(value).render() for name, value in test["vars"].items()}
    messages = json.loads(told["prompts"][0]["raw"])
    made = [(m["role"], environment.from_string(m["content"]).render(values)) for m in messages]
    assert made == filled(prompt, example)
    assert values["expected"] == example.target
    assert told["providers"] == [
        {"id": "openai:chat:gpt-5-mini", "config": {"temperature": 0.0, "max_tokens": 300}}
    ]


@pytest.mark.parametrize(
    "model, base_url, provider",
    [
        ("anthropic/claude-sonnet-4-5", None, {"id": "anthropic:messages:claude-sonnet-4-5"}),
        ("openai/mine", "http://host/v1", {"id": "openai:chat:mine", "apiBaseUrl": "http://host/v1"}),
        ("local/qwen", None, {"id": "openai:chat:qwen", "apiBaseUrl": "http://localhost:8080/v1"}),
        ("gpt-5", None, {"id": "openai:chat:gpt-5"}),
        ("python:/x/y.py:f", None, {"id": "echo"}),
    ],
)
def test_promptfoo_gets_the_provider(
    model: str, base_url: str | None, provider: dict[str, str], record: RunRecord
) -> None:
    prompt = make_prompt(record, SYSTEM, model=model, base_url=base_url)
    [told] = yaml.safe_load(export_prompt(prompt, "promptfoo"))["providers"]
    assert {
        "id": told["id"],
        **{k: v for k, v in told.get("config", {}).items() if k == "apiBaseUrl"},
    } == provider


@pytest.mark.parametrize(
    "metric, kind",
    [
        ("exact", "javascript"),
        ("numeric", "javascript"),
        ("json", "javascript"),
        ("contains", "icontains"),
        ("regex:A: (.*)", "regex"),
        ("judge:rubric.txt", "llm-rubric"),
        ("python:x.py:f", None),
    ],
)
def test_promptfoo_gets_the_metric(metric: str, kind: str | None, record: RunRecord) -> None:
    told = yaml.safe_load(export_prompt(make_prompt(record, SYSTEM, metric=metric), "promptfoo"))
    if kind is None:
        assert "defaultTest" not in told
    else:
        [assertion] = told["defaultTest"]["assert"]
        assert assertion["type"] == kind


@pytest.mark.parametrize("name", ["prompt.yml", "langfuse"])
@pytest.mark.parametrize("text", ["Write {{name}} here.", "In {{{input}}} it is.", "A {% of {{ x"])
def test_braces_that_would_be_taken_for_a_variable_are_refused(
    name: str, text: str, record: RunRecord
) -> None:
    with pytest.raises(PromptError, match="would take for a variable"):
        export_prompt(make_prompt(record, text), name)


@given(text=st.text(st.sampled_from("ab{}%#-\n "), max_size=20))
def test_any_text_is_itself_for_nunjucks(text: str) -> None:
    environment = Environment(keep_trailing_newline=True)  # noqa: S701
    assert environment.from_string(escape_nunjucks(text)).render() == text
    assert environment.from_string(to_nunjucks([text, "|", text])).render() == f"{text}|{text}"


def test_a_text_that_ends_raw_blocks_is_refused(record: RunRecord) -> None:
    with pytest.raises(PromptError, match="endraw"):
        export_prompt(make_prompt(record, "a {% endraw %} b"), "promptfoo")


def test_several_texts_are_no_single_prompt(record: RunRecord) -> None:
    prompt = make_prompt(record, "{}")
    state = {"a": "one", "b": "two"}
    many = dataclasses.replace(prompt, result=prompt.result.model_copy(update={"best_state": state}))
    assert json.loads(export_prompt(many, "json"))["state"] == state
    for name in set(FORMATS) - {"json", "txt"}:
        with pytest.raises(PromptError, match="2 texts"):
            export_prompt(many, name)


def test_an_unknown_format_is_answered_with_the_nearest(record: RunRecord) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'langfuse'"):
        export_prompt(Prompt.of(record), "langfuze")


def test_a_run_that_has_not_begun_has_no_prompt(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("none")
    RunFolder.create(path).close()
    with pytest.raises(RunError, match="has not begun"):
        Prompt.of(RunRecord.read(path))
