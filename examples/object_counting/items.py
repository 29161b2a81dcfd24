"""Writes object-counting items as JSONL: things that somebody has, and how many of one kind there are.

In the manner and with the frequencies of the BIG-bench task of that name, with words of our own. The same
seed gives the same items:

    python items.py --count 100 --seed 0 > items.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
import sys

KINDS = {
    "fruits": [
        "apple",
        "banana",
        "plum",
        "orange",
        "peach",
        "grape",
        "nectarine",
        "lemon",
        "pear",
        "strawberry",
        "mango",
        "lime",
    ],
    "vegetables": [
        "potato",
        "onion",
        "carrot",
        "cabbage",
        "leek",
        "yam",
        "cauliflower",
        "turnip",
        "cucumber",
        "pepper",
        "radish",
        "pea",
    ],
    "animals": [
        "cat",
        "dog",
        "goat",
        "rabbit",
        "chicken",
        "snail",
        "donkey",
        "duck",
        "bear",
        "cow",
        "frog",
        "pig",
    ],
    "musical instruments": [
        "flute",
        "violin",
        "drum",
        "piano",
        "trumpet",
        "clarinet",
        "accordion",
        "trombone",
        "harp",
        "guitar",
    ],
    "pieces of clothing": [
        "shirt",
        "sock",
        "hat",
        "scarf",
        "glove",
        "jacket",
        "belt",
        "sweater",
        "coat",
        "skirt",
    ],
}
NUMBERS = ["zero", "one", "two", "three", "four", "five"]
COUNTS = {1: 0.78, 2: 0.11, 3: 0.07, 4: 0.03, 5: 0.01}
"""How often a thing is there once, twice, …: as often as in the published items."""

OTHER_KIND = 0.15
"""How many items also list things of another kind: as many as of the published ones."""


def make_item(random_source: random.Random) -> dict[str, str]:
    """Return one item: a list of two to ten things, and the number of those of one kind."""
    asked, other = random_source.sample(sorted(KINDS), 2)
    length = random_source.randint(2, 10)
    n_other = random_source.randint(1, min(3, length - 1)) if random_source.random() < OTHER_KIND else 0
    things = [(thing, True) for thing in random_source.sample(KINDS[asked], length - n_other)]
    things += [(thing, False) for thing in random_source.sample(KINDS[other], n_other)]
    random_source.shuffle(things)
    total, listed = 0, []
    for thing, is_asked in things:
        (count,) = random_source.choices(list(COUNTS), list(COUNTS.values()))
        total += count * is_asked
        listed.append(_name(thing, count))
    return {
        "input": f"I have {', '.join(listed[:-1])}, and {listed[-1]}. How many {asked} do I have?",
        "target": str(total),
    }


def _name(thing: str, count: int) -> str:
    if count == 1:
        return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"
    if thing == "strawberry":
        return f"{NUMBERS[count]} strawberries"
    ending = "es" if thing in {"potato", "peach", "radish", "mango"} else "s"
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
    items: dict[str, dict[str, str]] = {}
    while len(items) < arguments.count:
        item = make_item(random_source)
        items.setdefault(item["input"], item)
    for item in items.values():
        sys.stdout.write(json.dumps(item) + "\n")


if __name__ == "__main__":
    main()
