"""Images through whole programs with both providers' SDKs: sent to the model, and shown nowhere else."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

import textgrad_lite as tg
from tests.test_images import gif, jpeg, lossy_webp, png
from textgrad_lite.data import Dataset, Example
from textgrad_lite.testing.loopback import LoopbackRequest, LoopbackServer
from textgrad_lite.training.run_folder import RunFolder

PICTURES = {
    f"{number}.{make.__name__}": make(40 + number, 30) + bytes(range(64))
    for number, make in enumerate([png, jpeg, gif, lossy_webp] * 3)
}
ENCODED = [base64.b64encode(data).decode() for data in PICTURES.values()]


def _reply(request: LoopbackRequest) -> str:
    if "reviewer" in request.system or "review" in request.system:
        return "The text should ask for the colour."
    if "You improve texts" in request.system:
        return "<new_text>\nName the colour in one word.\n</new_text>"
    if "You evaluate" in request.system:
        return "The colour is missing."
    return "blue" if "colour" in request.text else "a cat"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(_reply) as server:
        yield server


@pytest.fixture(params=["openai/gpt-test", "anthropic/claude-test"])
def engine(request: pytest.FixtureRequest, server: LoopbackServer, tmp_path: Path) -> tg.Engine:
    url = server.anthropic_url if request.param.startswith("anthropic") else server.openai_url
    return tg.get_engine(request.param, base_url=url, api_key="key", cache_dir=tmp_path / "cache")


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, data in PICTURES.items():
        (folder / name).write_bytes(data)
    return sorted(folder.iterdir())


def _images_in(request: LoopbackRequest) -> list[str]:
    return [encoded for encoded in ENCODED if encoded in json.dumps(request.body)]


def _assert_free_of_bytes(text: str) -> None:
    for encoded in ENCODED:
        assert encoded[40:80] not in text
    assert "\\x89PNG" not in text
    assert "IHDR" not in text


def test_a_loss_about_an_image_reaches_the_prompt(
    engine: tg.Engine, server: LoopbackServer, pictures: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    prompt = tg.Variable("Say what you see.", role_description="system prompt")
    image = tg.Variable(image_path=pictures[0], role_description="picture", requires_grad=False)
    question = tg.Variable("Which colour?", role_description="question", requires_grad=False)

    answer = tg.LLMCall(engine, prompt)([image, question], "answer to the question")
    loss = tg.ImageQALoss("Is the answer right?", engine)(image, question, answer)
    loss.backward(engine)

    assert prompt.get_gradient_text() == "The text should ask for the colour."
    assert [len(_images_in(request)) for request in server.requests] == [1] * 4
    (gradient,) = prompt.gradients
    assert "[image " in str(gradient.context)
    for text in (repr(prompt.gradients), repr(loss), loss.to_dot(print_gradients=True), caplog.text):
        _assert_free_of_bytes(text)


def test_a_training_on_images_writes_none_of_their_bytes(
    engine: tg.Engine, server: LoopbackServer, pictures: list[Path], tmp_path: Path
) -> None:
    examples = [
        Example(id=path.name, input=f"What is in {path.stem}?", target="blue", fields={"picture": str(path)})
        for path in pictures
    ]
    parts = [Dataset(examples[start : start + 4]) for start in (0, 4, 8)]
    model = tg.PromptModel("Say what you see.", engine, image_fields=["picture"])
    folder = RunFolder.create(tmp_path / "run", config={})

    with folder:
        result = tg.Trainer(model, "exact", engine=engine, steps=1, run=folder).fit(*parts)

    assert result.verdict is not None
    students = [request for request in server.requests if request.prompt.startswith("[image]\nWhat is in")]
    assert {encoded for request in students for encoded in _images_in(request)} == set(ENCODED)
    written = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert any(path.name == "journal.jsonl" for path in written)
    for path in [*written, *(path for path in (tmp_path / "cache").rglob("*") if path.is_file())]:
        _assert_free_of_bytes(path.read_bytes().decode("latin-1"))
