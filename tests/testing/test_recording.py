"""Recordings: asked once, answered ever after, with nothing in them that should not be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from textgrad_lite import runtime
from textgrad_lite.engines import Session, as_engine, get_engine, use_session
from textgrad_lite.engines.session import CallEvent
from textgrad_lite.engines.types import Completion, ImagePart, Message, Request
from textgrad_lite.errors import ConfigurationError, ScriptExhaustedError
from textgrad_lite.testing import RecordingEngine, ScriptedEngine


def ask(engine: RecordingEngine, text: str = "hi", **fields: Any) -> Completion:
    return runtime.run(engine.complete(Request(messages=(Message.of("user", text),), **fields)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "talk.json"


def test_what_was_recorded_is_replayed(path: Path) -> None:
    real = ScriptedEngine(["one", "two"])
    first = RecordingEngine(path, real)
    recorded = [ask(first, "a"), ask(first, "b"), ask(first, "a")]

    replayed = RecordingEngine(path)

    assert [completion.text for completion in recorded] == ["one", "two", "one"]
    assert len(real.requests) == 2
    assert [ask(replayed, "a"), ask(replayed, "b")] == recorded[:2]


def test_recording_is_added_to(path: Path) -> None:
    ask(RecordingEngine(path, ScriptedEngine(["one"])), "a")

    more = RecordingEngine(path, ScriptedEngine(["two"]))

    assert [ask(more, "a").text, ask(more, "b").text] == ["one", "two"]


def test_replay_is_strict(path: Path) -> None:
    ask(RecordingEngine(path, ScriptedEngine(["one"])), "a")
    replayed = RecordingEngine(path)

    for fields in ({"temperature": 0.5}, {"sample": (1, 0)}):
        with pytest.raises(ScriptExhaustedError, match="holds no answer to this request") as caught:
            ask(replayed, "a", **fields)
        assert "user: a" in caught.value.message
        assert caught.value.hint.startswith("It holds 1.")
    assert ask(replayed, "a", purpose="loss").text == "one"


def test_file_holds_no_secret(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_TOKEN", "from-the-environment")
    monkeypatch.setenv("SHORT_KEY", "abc")
    text = "sk-abcdefghijklmnopqrstuvwx from-the-environment named-one abc Bearer abcdefgh12345"
    engine = RecordingEngine(path, ScriptedEngine([f"You said {text}"]), secrets=["named-one", ""])

    ask(engine, text)

    written = path.read_text()
    for secret in ("sk-abc", "from-the-environment", "named-one", "abcdefgh12345"):
        assert secret not in written
    assert written.count("[redacted] [redacted] [redacted] abc Bearer [redacted]") == 2
    assert ask(RecordingEngine(path, secrets=["named-one"]), text).text.startswith("You said [redacted]")


def test_file_holds_the_digest_of_an_image(path: Path) -> None:
    image = ImagePart(data=b"\x89PNG\r\n\x1a\nsecret", media_type="image/png")
    request = Request(messages=(Message.of("user", "see", image),))

    runtime.run(RecordingEngine(path, ScriptedEngine(["a cat"])).complete(request))

    part = json.loads(path.read_text())["entries"][0]["request"]["messages"][0]["parts"][1]
    assert part["sha256"] == image.digest
    assert runtime.run(RecordingEngine(path).complete(request)).text == "a cat"


def test_file_does_not_depend_on_the_order(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    for file, order in ((path, "ab"), (other, "ba")):
        engine = RecordingEngine(file, ScriptedEngine().on(lambda request: request.messages[0].text))
        for text in order:
            ask(engine, text)

    assert path.read_text() == other.read_text()


def test_identity_is_the_real_engines() -> None:
    real = ScriptedEngine(name="real", supports_schema=True)
    engine = RecordingEngine("none.json", real)

    assert engine.identity() == real.identity()
    assert engine.supports_schema


def test_replay_has_an_identity_of_its_own(path: Path) -> None:
    ask(RecordingEngine(path, ScriptedEngine(["one"])))

    assert RecordingEngine(path).identity() == {"provider": "recorded", "base_url": "", "model": "talk"}


def test_missing_recording_is_reported(path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no recording .*talk\.json"):
        RecordingEngine(path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 99, "entries": []}', '{"format": 1, "entries": [1]}']
)
def test_file_of_another_kind_is_reported(path: Path, text: str) -> None:
    path.write_text(text)

    with pytest.raises(ConfigurationError, match=r"talk\.json is not a recording"):
        RecordingEngine(path)


def test_a_call_to_the_real_engine_is_counted_once(path: Path) -> None:
    events: list[CallEvent] = []
    recording = as_engine(RecordingEngine(path, get_engine(lambda text: "one", cache="off")))

    with use_session(Session(on_event=events.append)):
        runtime.run(recording.complete(Request(messages=(Message.of("user", "a"),))))

    assert [event.kind for event in events] == ["call"]
