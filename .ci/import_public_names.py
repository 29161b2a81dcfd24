"""Import every public name of the installed distribution: run in an environment that holds nothing else."""

import importlib
import pkgutil
import sys

import textgrad_lite
import textgrad_lite_cli


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
    sys.stdout.write(f"{count} public names imported from {textgrad_lite.__file__}\n")


main()
