"""``textgrad-lite cache``: what is kept of earlier answers, and how to get rid of it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from textgrad_lite.engines import CacheFolder
from textgrad_lite_cli.console import get_output, print_json
from textgrad_lite_cli.options import Json
from textgrad_lite_cli.settings import ENVIRONMENT_PREFIX
from textgrad_lite_cli.start import confirm

app = typer.Typer(
    help="Look at the cache of answers, and make it smaller.", no_args_is_help=True, add_completion=False
)

Place = Annotated[
    Path | None,
    typer.Option(
        "--cache-dir", envvar=f"{ENVIRONMENT_PREFIX}CACHE_DIR", help="Folder; that of the user if not given."
    ),
]

_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_MULTIPLES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


@app.command()
def stats(
    *,
    cache_dir: Place = None,
    as_json: Json = False,
) -> None:
    """Show where the cache is, what it holds, and since when."""
    found = CacheFolder(cache_dir).stats()
    if as_json:
        print_json(vars(found))
        return
    output = get_output()
    output.print(f"{found.path}", soft_wrap=True, markup=False)
    output.print(
        f"{found.rows:,} answers, {found.bytes / 1e6:,.1f} MB of at most {found.limit / 1e6:,.0f} MB"
    )
    if found.oldest and found.newest:
        output.print(f"from {found.oldest:%Y-%m-%d %H:%M} to {found.newest:%Y-%m-%d %H:%M} UTC")


@app.command()
def prune(
    *,
    older_than: Annotated[
        str | None, typer.Option("--older-than", help="Age of what goes: 30d, 12h or 90m.")
    ] = None,
    to_size: Annotated[
        str | None, typer.Option("--to-size", help="Size of what stays, the newest: 500M or 2G.")
    ] = None,
    cache_dir: Place = None,
) -> None:
    """Throw the oldest answers away."""
    if older_than is None and to_size is None:
        raise typer.BadParameter("say what should go: --older-than 30d, or --to-size 500M")
    removed = CacheFolder(cache_dir).prune(
        older_than=None if older_than is None else _parse_age(older_than),
        to_bytes=None if to_size is None else _parse_size(to_size),
    )
    get_output().print(f"{removed:,} answers removed")


@app.command()
def clear(
    *,
    cache_dir: Place = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Throw all answers away."""
    folder = CacheFolder(cache_dir)
    found = folder.stats()
    if found.rows and not yes:
        confirm(f"Remove all {found.rows:,} answers in {found.path}?")
    get_output().print(f"{folder.clear():,} answers removed")


def _parse_age(text: str) -> timedelta:
    match = re.fullmatch(r"(\d+)([dhm])", text.strip().lower())
    if match is None:
        raise typer.BadParameter(f"--older-than: {text!r} is no age; write 30d, 12h or 90m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _parse_size(text: str) -> int:
    match = re.fullmatch(r"(\d+)([kmg]?)b?", text.strip().lower())
    if match is None:
        raise typer.BadParameter(f"--to-size: {text!r} is no size; write 500M or 2G")
    return int(match[1]) * _MULTIPLES[match[2]]
