"""Where local models lie: one folder a machine's user shares between all projects.

A file in this folder under a catalogue name has been verified: it gets that name, in one atomic step, only
after its digest was right.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from textgrad_lite.engines.cache_folder import APP_NAME
from textgrad_lite.engines.local.catalogue import CATALOGUE, CatalogueModel, find_catalogue_model
from textgrad_lite.errors import ConfigurationError

FOLDER_VARIABLE = "TEXTGRAD_LITE_MODELS"
"""Environment variable that names another model folder."""


def find_models_folder() -> Path:
    """Return the model folder, which need not exist yet."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return (
        Path(chosen).expanduser()
        if chosen
        else platformdirs.user_cache_path(APP_NAME, appauthor=False) / "models"
    )


def find_stored(model: CatalogueModel, folder: Path | None = None) -> Path | None:
    """Return where a model of the catalogue lies, or None where it has not been pulled."""
    path = (folder or find_models_folder()) / model.filename
    return path if path.is_file() and path.stat().st_size == model.size else None


def resolve_model(name: str) -> Path:
    """Return the GGUF file that ``local/<name>`` means.

    Args:
        name: A catalogue name, or a path to a GGUF file: absolute, or starting with ``.`` or ``~``, or
            ending in ``.gguf``.

    Raises:
        ConfigurationError: The file does not exist or is no GGUF file, or the model has not been pulled.
        UnknownNameError: Neither a path nor a name of the catalogue.
    """
    if is_path(name):
        return _check_gguf(Path(name).expanduser().absolute())
    model = find_catalogue_model(name)
    stored = find_stored(model)
    if stored is None:
        raise ConfigurationError(
            f"the model {name!r} is not in {find_models_folder()}",
            hint=f"Get it with: textgrad-lite models pull {name} ({model.size / 1e6:,.0f} MB). "
            "Or name a GGUF file of your own: local//path/to/model.gguf",
        )
    return stored


def is_path(name: str) -> bool:
    """Return whether a name means a file instead of a model of the catalogue."""
    return name not in CATALOGUE and (name.startswith(("/", ".", "~")) or name.lower().endswith(".gguf"))


def _check_gguf(path: Path) -> Path:
    if not path.is_file():
        raise ConfigurationError(f"there is no model file {path}", hint="Give the path of a GGUF file.")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ConfigurationError(f"{path} is no GGUF file", hint="llama.cpp reads models in GGUF form.")
    return path
