"""Made-up items of object counting: things that somebody has, and how many of one kind there are.

In the manner and with the frequencies of the BIG-bench task of that name, with words of our own, so that
tests and demos need no download. The published items are the task ``bbh_object_counting``.
"""

from __future__ import annotations

import random

from textgrad_lite.tasks.generated import draw_items

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


def make_items(count: int, *, seed: int = 0) -> list[dict[str, str]]:
    """Return different items; the same seed gives the same ones."""
    return draw_items(make_item, count, seed=seed)


def _name(thing: str, count: int) -> str:
    if count == 1:
        return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"
    if thing == "strawberry":
        return f"{NUMBERS[count]} strawberries"
    ending = "es" if thing in {"potato", "peach", "radish", "mango"} else "s"
    return f"{NUMBERS[count]} {thing}{ending}"
