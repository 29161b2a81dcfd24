"""Check what the wheel brought: every public name, and the files that ship with it.

Run in an environment that holds nothing else.
"""

import importlib
import pkgutil
import sys

import textgrad_lite
import textgrad_lite_cli
from textgrad_lite.prompts.strategies import load_strategies
from textgrad_lite_cli.recipes import list_recipes


def main() -> None:
    """Import every module, read every name in every ``__all__``, and say how many there were."""
    count = 0
    for package in (textgrad_lite, textgrad_lite_cli):
        names = [package.__name__]
        names += [found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
        for name in names:
            if name == "textgrad_lite.testing.plugin":  # needs pytest, and is only loaded by it
                continue
            module = importlib.import_module(name)
            for public in getattr(module, "__all__", ()):
                getattr(module, public)
                count += 1
    recipes = list_recipes()
    assert "default" in recipes
    assert load_strategies()
    sys.stdout.write(f"{count} public names imported from {textgrad_lite.__file__}; {len(recipes)} recipes\n")


main()
