"""When the makers' own file is taken, with a stand-in for the hub's client."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from textgrad_lite.engines.local import upstream
from textgrad_lite.engines.local.catalogue import CatalogueModel


class _Hub:
    """Stands for the hub's client."""

    def __init__(self, etag: str, error: Exception | None = None) -> None:
        self.etag, self.error = etag, error

    def hf_hub_url(self, repository: str, filename: str) -> str:
        return f"https://hub.invalid/{repository}/{filename}"

    def get_hf_file_metadata(self, url: str, timeout: float) -> SimpleNamespace:
        if self.error:
            raise self.error
        return SimpleNamespace(etag=self.etag)


def _replace_hub(monkeypatch: pytest.MonkeyPatch, hub: _Hub) -> None:
    real = pytest.importorskip("huggingface_hub")
    for name in ("hf_hub_url", "get_hf_file_metadata"):
        monkeypatch.setattr(real, name, getattr(hub, name))


def test_hub_with_the_same_file_is_available(
    tiny_model: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    _replace_hub(monkeypatch, _Hub(tiny_model.sha256))
    assert upstream.explain_unavailable(tiny_model) is None


def test_hub_with_another_file_is_not_used(
    tiny_model: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    _replace_hub(monkeypatch, _Hub("another"))
    assert "is another file" in cast("str", upstream.explain_unavailable(tiny_model))


def test_unreachable_hub_is_a_reason(tiny_model: CatalogueModel, monkeypatch: pytest.MonkeyPatch) -> None:
    _replace_hub(monkeypatch, _Hub("", OSError("no network")))
    assert "could not be reached (OSError)" in cast("str", upstream.explain_unavailable(tiny_model))


def test_missing_hub_client_is_a_reason(tiny_model: CatalogueModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "textgrad-lite[hub]" in cast("str", upstream.explain_unavailable(tiny_model))


def test_file_is_fetched_into_the_given_folder(
    tiny_model: CatalogueModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pytest.importorskip("huggingface_hub")
    seen: list[tuple[str, str]] = []

    def download(repository: str, filename: str, *, local_dir: Path, etag_timeout: float) -> str:
        assert etag_timeout == upstream.HUB_SECONDS
        seen.append((repository, filename))
        return str(local_dir / filename)

    monkeypatch.setattr(real, "hf_hub_download", download)
    assert upstream.fetch_upstream(tiny_model, tmp_path) == tmp_path / "tiny.gguf"
    assert seen == [("nobody/tiny", "tiny.gguf")]
