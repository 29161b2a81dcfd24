"""Says which sandboxes work here, and why the others do not: ``python -m textgrad_lite.domains.code``."""

from __future__ import annotations

import sys

from textgrad_lite.domains.code.finding import sandboxes


def main() -> int:
    """Print one line per sandbox; fail where none works."""
    faults = {sandbox.name: sandbox.fault for sandbox in sandboxes()}
    for name, fault in faults.items():
        sys.stdout.write(f"{name}: {fault or 'works'}\n")
    return 0 if "" in faults.values() else 1


if __name__ == "__main__":
    sys.exit(main())
