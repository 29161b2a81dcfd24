"""An engine that writes down what a real one answers, and answers from that afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.session import Session, use_session
from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import ConfigurationError, ScriptExhaustedError
from textgrad_lite.testing.scripted import quote

FORMAT = 1
"""Version of the file's form."""

_REDACTED = "[redacted]"
_SHORTEST_SECRET = 8
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD", re.IGNORECASE)
_SECRET_FORM = re.compile(
    r"\b(?:sk|pk|gsk|xai|hf|ghp|AKIA)[-_]?[A-Za-z0-9_-]{16,}|(?<=Bearer )[A-Za-z0-9._~+/-]{8,}"
)


class RecordingEngine(Engine):
    """Answers a request from a JSON file if it is there; otherwise asks a real engine and writes it down.

    Without a real engine it is strict: a request that was not recorded is an error. To record anew, delete
    the file. Requests are told apart by everything that goes to the model and by their `sample`, not by
    their purpose. The file holds no image (their SHA-256 instead) and none of the secrets: values of
    environment variables whose names say so, what looks like a key, and what is named here.

    Args:
        path: The file. Its folder has to exist.
        engine: The real engine, or None to replay only.
        secrets: Further texts that must not be written.

    Raises:
        ConfigurationError: The file is not a recording; or there is neither a file nor an engine.
    """

    def __init__(
        self, path: Path | str, engine: Engine | None = None, *, secrets: Iterable[str] = ()
    ) -> None:
        self.path = Path(path)
        self.name = f"recorded/{self.path.stem}"
        self.supports_schema = engine.supports_schema if engine else False
        self._engine = engine
        self._secrets = tuple(secret for secret in (*secrets, *_find_secrets()) if secret)
        self._entries = self._load()

    def identity(self) -> Mapping[str, str]:
        """Return the identity of the real engine, or the recording's own."""
        if self._engine is not None:
            return self._engine.identity()
        return {"provider": "recorded", "base_url": "", "model": self.path.stem}

    async def complete(self, request: Request) -> Completion:
        """Answer from the recording, or record.

        Raises:
            ScriptExhaustedError: The request was not recorded and there is no real engine.
        """
        form = self._redact(request.redacted())
        key = _digest(form)
        if key in self._entries:
            return Completion.model_validate(self._entries[key]["completion"])
        if self._engine is None:
            raise self._make_error(request)
        with use_session(Session()):  # whoever asks this engine has accounts already: a call counts once
            completion = await self._engine.complete(request)
        answer = self._redact(completion.model_dump(mode="json"))
        self._entries[key] = {"request": form, "completion": answer}
        self._save()
        return completion

    def _load(self) -> dict[str, Any]:
        if not self.path.exists():
            if self._engine is None:
                raise ConfigurationError(
                    f"there is no recording {self.path}", hint="Pass the engine whose answers to record."
                )
            return {}
        try:
            recording = json.loads(self.path.read_text("utf-8"))
            if recording["format"] != FORMAT:
                raise ValueError(f"format {recording['format']}, not {FORMAT}")
            return {_digest(entry["request"]): entry for entry in recording["entries"]}
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                f"{self.path} is not a recording: {error}", hint="Delete it to record anew."
            ) from error

    def _save(self) -> None:
        # Sorted, so that the file does not depend on the order in which concurrent answers came.
        entries = [self._entries[key] for key in sorted(self._entries)]
        text = json.dumps({"format": FORMAT, "entries": entries}, indent=1, ensure_ascii=False)
        draft = self.path.with_name(f"{self.path.name}.new")
        draft.write_text(f"{text}\n", "utf-8")
        draft.replace(self.path)

    def _redact(self, value: Any) -> Any:
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, _REDACTED)
            return _SECRET_FORM.sub(_REDACTED, value)
        if isinstance(value, list):
            return [self._redact(item) for item in value]
        if isinstance(value, dict):
            return {name: self._redact(item) for name, item in value.items()}
        return value

    def _make_error(self, request: Request) -> ScriptExhaustedError:
        return ScriptExhaustedError(
            f"{self.path} holds no answer to this request (purpose {request.purpose!r}):\n{quote(request)}",
            hint=f"It holds {len(self._entries)}. Record again if what is asked has changed.",
        )


def _find_secrets() -> list[str]:
    return [
        value
        for name, value in os.environ.items()
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET
    ]


def _digest(form: Mapping[str, JsonValue]) -> str:
    asked = {name: value for name, value in form.items() if name != "purpose"}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
