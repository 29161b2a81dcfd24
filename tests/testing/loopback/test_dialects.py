"""The official SDKs understand every answer of the pretended provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from textgrad_lite.testing.loopback import FaultKind, LoopbackServer, Reply, Scripted

REPLY = Reply("<answer>fine</answer>", input_tokens=9, output_tokens=8, reasoning_tokens=5, cached_tokens=4)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(REPLY) as server:
        yield server


@pytest.fixture
def gpt(server: LoopbackServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=server.openai_url, api_key="k", max_retries=0) as client:
        yield client


@pytest.fixture
def claude(server: LoopbackServer) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.anthropic_url, api_key="k", max_retries=0) as client:
        yield client


def chat(client: openai.OpenAI) -> Any:
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])


def test_chat(server: LoopbackServer, gpt: openai.OpenAI) -> None:
    answer = chat(gpt)

    assert answer.choices[0].message.content == REPLY.text
    assert answer.usage.prompt_tokens == 9
    assert answer.usage.completion_tokens_details.reasoning_tokens == 5
    assert answer.usage.prompt_tokens_details.cached_tokens == 4


def test_responses(gpt: openai.OpenAI) -> None:
    answer = gpt.responses.create(model="m", input="hi")

    assert answer.output_text == REPLY.text
    assert answer.status == "completed"
    assert answer.usage is not None
    assert answer.usage.output_tokens_details.reasoning_tokens == 5


def test_messages(claude: anthropic.Anthropic) -> None:
    answer = claude.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "hi"}])

    assert answer.content[0].type == "text"
    assert answer.content[0].text == REPLY.text
    assert (answer.usage.input_tokens, answer.usage.cache_read_input_tokens) == (5, 4)


@pytest.mark.parametrize(
    "fault, text, refusal, finish",
    [
        ("missing_tags", "fine", None, "stop"),
        ("refusal", None, "I'm sorry, I can't help with that.", "stop"),
        ("filter", "", None, "content_filter"),
        ("truncated", "<answer>fi", None, "length"),
    ],
)
def test_answers_that_cannot_be_used(
    server: LoopbackServer,
    gpt: openai.OpenAI,
    fault: FaultKind,
    text: str | None,
    refusal: str | None,
    finish: str,
) -> None:
    server.faults = (Scripted([fault]),)

    choice = chat(gpt).choices[0]

    assert (choice.message.content, choice.message.refusal, choice.finish_reason) == (text, refusal, finish)


@pytest.mark.parametrize(
    "fault, kind",
    [
        ("rate_limit", openai.RateLimitError),
        ("unauthorized", openai.AuthenticationError),
        ("model_not_found", openai.NotFoundError),
        ("drop", openai.APIConnectionError),
    ],
)
def test_faults_are_errors_of_the_sdk(
    server: LoopbackServer, gpt: openai.OpenAI, fault: FaultKind, kind: type[Exception]
) -> None:
    server.faults = (Scripted([fault]),)

    with pytest.raises(kind):
        chat(gpt)


def test_overload_is_anthropics_own_status(server: LoopbackServer, claude: anthropic.Anthropic) -> None:
    server.faults = (Scripted(["overloaded"]),)

    with pytest.raises(anthropic.APIStatusError) as caught:
        claude.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "hi"}])

    assert (caught.value.status_code, caught.value.type) == (529, "overloaded_error")


def test_words_are_counted_where_no_number_is_given(server: LoopbackServer, gpt: openai.OpenAI) -> None:
    server.reply = Reply("one two three", reasoning_tokens=2)

    usage = chat(gpt).usage

    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (1, 5, 6)
