"""The simulated chemist reads what a model would get, and nothing else."""

from __future__ import annotations

import pytest

from textgrad_lite.domains.molecules.simulation import SimulatedChemist, criticise, find_wishes
from textgrad_lite.engines.types import Message, Request

WEAK = "Binding affinity to PPARA (kcal/mol, lower is better): -5.9."
STRONG = "Binding affinity to PPARA (kcal/mol, lower is better): -10.2."
HEAVY = (
    "Drug-likeness (QED, 0 to 1, higher is better): 0.31. What lowers it most: "
    "molecular weight 620.1, too high; lipophilicity (logP) 6.2, too high."
)


@pytest.mark.parametrize(
    "text, wishes",
    [
        (WEAK, ["have one more ring", "be larger"]),
        (HEAVY, ["be smaller", "have a nitrogen in the place of a carbon", "be more polar"]),
        (f"{STRONG}\n{HEAVY}", ["be smaller", "have a nitrogen in the place of a carbon", "be more polar"]),
        ("The text should be smaller.", ["be smaller"]),
        ("Docking to PPARA failed, which counts as no binding: it took too long.", ["be smaller"]),
    ],
)
def test_wishes_follow_from_the_words(text: str, wishes: list[str]) -> None:
    assert find_wishes(text) == wishes


def test_where_nothing_is_named_anything_may_be_tried() -> None:
    assert len(find_wishes(STRONG)) > 5


def test_the_critics_words_carry_the_same_wishes() -> None:
    assert find_wishes(criticise(f"{WEAK}\n{HEAVY}")) == sorted(
        find_wishes(f"{WEAK}\n{HEAVY}"), key=list(find_wishes("")).index
    )


@pytest.mark.parametrize("purpose", ["loss", "backward"])
async def test_as_a_critic_it_answers_in_words(purpose: str) -> None:
    request = Request(messages=(Message.of("user", WEAK),), purpose=purpose)
    completion = await SimulatedChemist().complete(request)
    assert completion.text == "The text should have one more ring. The text should be larger."
