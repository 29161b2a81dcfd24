"""The local provider, against stand-ins for the server and, where its weights are here, a real model."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from textgrad_lite import runtime
from textgrad_lite.engines.local import engine as local_engine
from textgrad_lite.engines.local import find_catalogue_model, open_local
from textgrad_lite.engines.local.engine import ServerHandle, fingerprint
from textgrad_lite.engines.local.settings import ServerSettings
from textgrad_lite.engines.providers.openai import OpenAIProvider
from textgrad_lite.engines.types import Message, Request
from textgrad_lite.errors import ConfigurationError
from textgrad_lite.testing import LoopbackServer


class _StandIn:
    """A server in the place of the child: the loopback server, which can be told to be dead."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.key = "the key of the child"
        self.is_alive = True

    def stop(self) -> None:
        self.is_alive = False


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    """A GGUF file of the user's own, as far as anybody looks before it is served."""
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF and the rest")
    return path


@pytest.fixture
def started(loopback_server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> list[_StandIn]:
    """Every server that the test starts."""
    servers: list[_StandIn] = []

    def start(*_: Any) -> _StandIn:
        servers.append(_StandIn(f"{loopback_server.url}/v1"))
        return servers[-1]

    monkeypatch.setattr(local_engine, "start_server", start)
    return servers


def _ask(text: str) -> Request:
    return Request(messages=(Message.of("user", text),))


def test_first_request_starts_the_server_and_later_ones_share_it(
    own_file: Path, started: list[_StandIn]
) -> None:
    model = open_local(str(own_file))
    assert started == []
    for text in ("one", "two"):
        assert runtime.run(model.complete(_ask(text))).text
    assert len(started) == 1


def test_engines_of_the_same_model_and_settings_share_a_server(own_file: Path) -> None:
    first, second = open_local(str(own_file)), open_local(str(own_file), timeout=5.0)
    assert first.handle is second.handle
    assert open_local(str(own_file), slots=1).handle is not first.handle


def test_server_that_died_is_started_again(own_file: Path, started: list[_StandIn]) -> None:
    model = open_local(str(own_file))
    runtime.run(model.complete(_ask("one")))
    started[0].is_alive = False
    runtime.run(model.complete(_ask("two")))
    assert len(started) == 2


def test_stopped_server_is_started_again(own_file: Path, started: list[_StandIn]) -> None:
    model = open_local(str(own_file))
    runtime.run(model.complete(_ask("one")))
    model.handle.stop()
    assert not started[0].is_alive
    runtime.run(model.complete(_ask("two")))
    assert len(started) == 2


def test_fork_does_not_touch_its_parents_server(
    own_file: Path, started: list[_StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = ServerHandle(own_file, "own", ServerSettings())
    handle.ensure()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    handle.stop()
    assert started[0].is_alive
    handle.ensure()
    assert len(started) == 2


def test_identity_is_the_file_and_never_the_address(own_file: Path, started: list[_StandIn]) -> None:
    model = open_local(str(own_file))
    before = dict(model.identity())
    runtime.run(model.complete(_ask("one")))
    assert model.identity() == before
    assert before["provider"] == "local"
    assert before["base_url"] == ""
    assert before["model"] == f"own@{fingerprint(own_file)}"
    assert started[0].key not in repr(model)


def test_fingerprint_tells_files_apart(tmp_path: Path) -> None:
    texts = {"a": b"GGUF1", "b": b"GGUF2", "c": b"GGUF11", "d": b"GGUF1"}
    paths = {name: tmp_path / name for name in texts}
    for name, text in texts.items():
        paths[name].write_bytes(text)
    prints = {name: fingerprint(path) for name, path in paths.items()}
    assert prints["a"] == prints["d"]
    assert len(set(prints.values())) == 3


def test_unknown_setting_is_told(own_file: Path) -> None:
    with pytest.raises(ConfigurationError, match="no setting 'slot'") as failure:
        open_local(str(own_file), slot=2)
    assert "slots" in failure.value.hint


def test_setting_that_is_not_positive_is_told(own_file: Path) -> None:
    with pytest.raises(ConfigurationError, match="slots of local models is 0"):
        open_local(str(own_file), slots=0)


def test_no_more_requests_are_open_than_the_server_has_slots(
    own_file: Path, started: list[_StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = open_local(str(own_file), slots=2)
    busy, most = 0, 0
    complete = OpenAIProvider.complete

    async def counted(self: Any, request: Request) -> Any:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        try:
            return await complete(self, request)
        finally:
            busy -= 1

    monkeypatch.setattr(OpenAIProvider, "complete", counted)

    async def ask_all() -> None:
        await asyncio.gather(*(model.complete(_ask(str(number))) for number in range(6)))

    runtime.run(ask_all())
    assert most == 2
    assert len(started) == 1


def _find_real_model() -> Path | None:
    """Look where models lie on this machine, past the empty cache that every test is given."""
    folder = os.environ.get("TEXTGRAD_LITE_MODELS", Path.home() / ".cache" / "textgrad-lite" / "models")
    path = Path(folder) / find_catalogue_model("smollm2-135m").filename
    return path if path.is_file() else None


@pytest.fixture
def real_model() -> Any:
    """A real model behind a real server with one thread."""
    pytest.importorskip("xllamacpp")
    path = _find_real_model()
    if path is None:
        pytest.skip("textgrad-lite models pull smollm2-135m")
    model = open_local(str(path), threads=1, slots=2, context=512)
    yield model
    model.handle.stop()


@pytest.mark.local_model
@pytest.mark.timeout(300)
def test_real_model_answers_counts_and_keeps_to_a_schema(real_model: Any) -> None:
    request = _ask("What is 2+3? Answer with a number.").model_copy(
        update={"temperature": 0.0, "max_tokens": 30}
    )
    first = runtime.run(real_model.complete(request))
    assert "5" in first.text
    assert first.usage.output_tokens > 0
    assert real_model.handle.ensure().count_tokens("one two three") == 3
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}},
        "required": ["city"],
        "additionalProperties": False,
    }
    shaped = runtime.run(
        real_model.complete(request.model_copy(update={"output_schema": schema, "max_tokens": 60}))
    )
    assert shaped.text.startswith("{")
    assert '"city"' in shaped.text


@pytest.mark.local_model
@pytest.mark.timeout(300)
def test_real_server_refuses_strangers(real_model: Any) -> None:
    import httpx2

    server = real_model.handle.ensure()
    address, nonce = server.base_url.rsplit("/", 2)[:2]
    with httpx2.Client(trust_env=False) as client:
        key = {"Authorization": f"Bearer {server.key}"}
        assert client.get(f"{address}/v1/models", headers=key).status_code == 404
        assert client.get(f"{address}/{nonce}/v1/models").status_code == 401
        assert client.get(f"{address}/{nonce}/v1/models", headers=key).status_code == 200


@pytest.mark.local_model
@pytest.mark.timeout(300)
def test_too_long_a_prompt_is_a_context_length_error(real_model: Any) -> None:
    from textgrad_lite.errors import ContextLengthError

    with pytest.raises(ContextLengthError):
        runtime.run(real_model.complete(_ask("word " * 2000)))


@pytest.mark.local_model
@pytest.mark.timeout(300)
def test_probe_chooses_a_number_of_threads() -> None:
    pytest.importorskip("xllamacpp")
    path = _find_real_model()
    if path is None:
        pytest.skip("textgrad-lite models pull smollm2-135m")
    model = open_local(str(path), slots=3, context=256)
    try:
        assert model.handle.ensure().threads >= 1
    finally:
        model.handle.stop()
