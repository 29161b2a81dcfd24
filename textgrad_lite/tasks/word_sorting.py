"""Made-up items of word sorting: words in any order, to be put into that of the alphabet.

In the manner of the BIG-bench task of that name, with words of our own, many of which begin alike: where they
do not, sorting by first letters would do. The published items are the task ``bbh_word_sorting``.
"""

from __future__ import annotations

import random

from textgrad_lite.tasks.generated import draw_items

_TEXT = """
    amber anchor angle ankle answer anvil apron arbor arrow atlas autumn avenue baker balcony
    balloon bamboo banner barley barrel basket beacon beaver bellow bishop bitter blanket blossom
    border bottle bramble bridge bronze bucket butter button cabin cable candle canoe canvas canyon
    carbon cargo castle cavern cedar cellar chalk chamber chapel charcoal cherry chimney cinder
    circle citrus clover cobalt coffee comet compass copper coral corner cotton crater cricket
    crystal curtain dagger daisy dancer daring dawn decade delta desert diamond dollar dragon drawer
    eagle early ebony echo eclipse ember emerald engine ermine fable falcon feather fender ferry
    fiddle filter finger flannel flask forest fossil fountain galaxy gallon garden garlic garnet
    gentle ginger glacier goblet granite gravel hammer hamlet harbor harvest hazel helmet hermit
    hollow honey hornet husky icicle indigo island ivory jacket jasmine jigsaw journal jungle
    juniper kernel kettle kingdom kitchen ladder lagoon lantern lattice lavender legend lemon lever
    linen lizard lobster locket lumber magnet mallet mango mantle maple marble marsh meadow melon
    mercury meteor mirror mitten molten monsoon mortar mosaic mountain mustard napkin narrow needle
    nephew nickel noodle nutmeg oasis ocean olive onyx opal orbit orchard otter oxygen paddle palace
    panther parcel parsley pasture pebble pelican pepper pewter pigeon pillow pilot planet plaster
    pocket pollen poplar portal powder prairie prism pulley pumpkin puzzle quarry quartz quiver
    rabbit raccoon radish rafter raisin ranger raven ribbon ridge ripple river robin rocket rubber
    saddle saffron sailor salmon sandal sapphire satchel scarlet shadow shelter shovel signal silver
    sketch slipper solar sparrow spindle spiral sponge spruce stable statue stencil summit sunset
    swallow tablet tailor talon tangle temple thicket thimble thistle thunder timber tinsel toffee
    topaz torch tractor trellis trumpet tulip tunnel turnip turtle umber valley vanilla velvet
    vessel violet voyage waffle walnut walrus warden weaver whisker willow window winter wizard
    woolen yarrow yellow zenith zephyr zigzag
"""
WORDS = tuple(_TEXT.split())


def make_item(random_source: random.Random) -> dict[str, str]:
    """Return one item: two to twenty words, and the same in order."""
    words = random_source.sample(WORDS, random_source.randint(2, 20))
    return {
        "input": f"Sort the following words alphabetically: List: {' '.join(words)}",
        "target": " ".join(sorted(words)),
    }


def make_items(count: int, *, seed: int = 0) -> list[dict[str, str]]:
    """Return different items; the same seed gives the same ones."""
    return draw_items(make_item, count, seed=seed)
