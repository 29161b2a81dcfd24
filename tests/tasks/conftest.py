"""Small files in the form of the published ones."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx2
import pytest

PNG = b"\x89PNG\r\n\x1a\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def bbh_file(pairs: Mapping[str, str]) -> bytes:
    items = [{"input": asked, "target": target} for asked, target in pairs.items()]
    return json.dumps({"canary": "x", "examples": items}).encode()


def jsonl(rows: Sequence[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def gsm8k_file(n: int, start: int = 0) -> bytes:
    return jsonl(
        [
            {"question": f"How many is {k}?", "answer": f"It is.\n#### {k},000"}
            for k in range(start, start + n)
        ]
    )


def human_eval_file(n: int) -> bytes:
    return gzip.compress(
        jsonl(
            [
                {
                    "task_id": f"HumanEval/{k}",
                    "prompt": f"def f{k}():\n",
                    "entry_point": f"f{k}",
                    "canonical_solution": "    return 1\n",
                    "test": f"def check(candidate):\n    assert candidate() == {k}\n",
                }
                for k in range(n)
            ]
        )
    )


@pytest.fixture
def make_client() -> Callable[..., httpx2.Client]:
    """Makes a client that is answered by bytes, a status, or an error; it notes what was asked for."""

    def make(answer: bytes | int | Exception, asked: list[str] | None = None) -> httpx2.Client:
        def handle(request: httpx2.Request) -> httpx2.Response:
            if asked is not None:
                asked.append(str(request.url))
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, int):
                return httpx2.Response(answer)
            return httpx2.Response(200, content=answer)

        return httpx2.Client(transport=httpx2.MockTransport(handle))

    return make


@pytest.fixture
def image_file(tmp_path: Path) -> Path:
    """An image of the smallest kind, by its first bytes."""
    path = tmp_path / "picture.png"
    path.write_bytes(PNG + b"rest")
    return path
