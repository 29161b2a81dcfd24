"""Writes object-counting items as JSONL: things that somebody has, and how many of one kind there are.

In the manner of the BIG-bench task of that name, with words of our own. The same seed gives the same items:

    python items.py --count 100 --seed 0 > items.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
import sys

KINDS = {
    "fruits": ["apple", "banana", "plum", "orange", "peach", "grape", "nectarine", "lemon", "pear"],
    "vegetables": ["potato", "onion", "carrot", "cabbage", "leek", "yam", "garlic bulb", "cauliflower"],
    "animals": ["cat", "dog", "goat", "rabbit", "chicken", "snail", "donkey", "duck", "bear"],
    "musical instruments": ["flute", "violin", "drum", "piano", "trumpet", "clarinet", "accordion"],
    "pieces of clothing": ["shirt", "sock", "hat", "scarf", "glove", "jacket", "belt", "sweater"],
}
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six"]


def make_item(random_source: random.Random) -> dict[str, str]:
    """Return one item: a list of things of two kinds, and the number of those of one kind."""
    asked, other = random_source.sample(sorted(KINDS), 2)
    things = [(thing, True) for thing in random_source.sample(KINDS[asked], random_source.randint(4, 6))]
    things += [(thing, False) for thing in random_source.sample(KINDS[other], random_source.randint(1, 3))]
    random_source.shuffle(things)
    total, listed = 0, []
    for thing, is_asked in things:
        count = random_source.choice([1, 1, 1, 2, 3, 4])
        total += count * is_asked
        listed.append(_name(thing, count))
    return {
        "input": f"I have {', '.join(listed[:-1])}, and {listed[-1]}. How many {asked} do I have?",
        "target": str(total),
    }


def _name(thing: str, count: int) -> str:
    if count == 1:
        return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"
    ending = "es" if thing in {"potato", "peach", "couch"} else "s"
    return f"{NUMBERS[count]} {thing}{ending}"


def main() -> None:
    """Write the items that the arguments ask for to stdout."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100, help="how many items")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same items")
    arguments = parser.parse_args()
    random_source = random.Random(arguments.seed)
    for _ in range(arguments.count):
        sys.stdout.write(json.dumps(make_item(random_source)) + "\n")


if __name__ == "__main__":
    main()
