"""The file ``.env`` of the working folder, so that keys need not stand in a shell's history."""

from __future__ import annotations

from pathlib import Path

from textgrad_lite.errors import ConfigurationError


def read_dotenv(path: Path = Path(".env")) -> None:
    """Put the variables of ``path``, if there is such a file, into the environment; what is there wins.

    Raises:
        ConfigurationError: If it cannot be read.
    """
    if not path.is_file():
        return
    from dotenv import load_dotenv

    try:
        load_dotenv(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}", hint="Save it as UTF-8 text.") from error
