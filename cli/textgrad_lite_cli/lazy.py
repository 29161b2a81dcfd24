"""A group of commands that imports a command when it is asked for, so that ``--version`` is instant."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

from typer.core import TyperGroup
from typer.main import get_command

from textgrad_lite_cli.failures import reported


class LazyGroup(TyperGroup):
    """Commands by the module that holds them; each such module has an ``app``.

    Attributes:
        modules: Name of a command to the full name of its module, in the order of the help.
    """

    modules: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Return the names in the order of the table."""
        return list(self.modules)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        """Return the command, imported now; ``None`` if there is none of that name."""
        if cmd_name not in self.modules:
            self.commands = dict.fromkeys(
                self.modules, self
            )  # only its names count: typer suggests from them
            return None
        command = get_command(import_module(self.modules[cmd_name]).app)
        command.name = cmd_name
        return command

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whatever goes wrong becomes a message and an exit code here, and nowhere else."""
        with reported():
            return super().invoke(ctx)
