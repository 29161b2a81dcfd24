"""``--show-config``: every setting with its value and the place where it stands."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand

from textgrad_lite_cli.console import get_output, print_json
from textgrad_lite_cli.gathering import DEFAULT, Gathered

OPTION = "--show-config"


class ShowsConfig(TyperCommand):
    """A command that can be asked for its settings alone, without what it needs in order to work."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Require nothing where only the settings are to be shown."""
        if OPTION in args:
            for parameter in self.params:
                parameter.required = False
        return super().parse_args(ctx, args)


def show_config(gathered: Gathered, *, as_json: bool) -> None:
    """Print where each value comes from; what was set stands out from what is a default."""
    values = gathered.settings.model_dump(mode="json")
    if as_json:
        print_json({name: {"value": values[name], "from": place} for name, place in gathered.places.items()})
        return
    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for name, place in gathered.places.items():
        style = "dim" if place == DEFAULT else "bold"
        table.add_row(
            *(Text(cell, style=style, overflow="fold") for cell in (name, _show(values[name]), place))
        )
    get_output().print(table)


def _show(value: Any) -> str:
    if value in (None, []):
        return "-"
    return "; ".join(value) if isinstance(value, list) else str(value)
