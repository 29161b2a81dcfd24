"""Writes object-counting items as JSONL: things that somebody has, and how many of one kind there are.

The same seed gives the same items:

    python items.py --count 100 --seed 0 > items.jsonl
"""

from __future__ import annotations

import argparse
import json
import sys

from textgrad_lite.tasks.object_counting import make_items


def main() -> None:
    """Write the items that the arguments ask for to stdout."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100, help="how many items")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same items")
    arguments = parser.parse_args()
    for item in make_items(arguments.count, seed=arguments.seed):
        sys.stdout.write(json.dumps(item) + "\n")


if __name__ == "__main__":
    main()
