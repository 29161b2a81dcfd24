"""The rooms of the house: who may import whom is part of the design, so it is tested like behaviour."""

from importlinter import cli


def test_each_room_knows_only_those_below_it() -> None:
    assert cli.lint_imports(config_filename="pyproject.toml", no_cache=True) == cli.EXIT_STATUS_SUCCESS
