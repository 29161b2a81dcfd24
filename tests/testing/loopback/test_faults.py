"""When something goes wrong, and that it is the same in every run."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.testing.loopback import PASSING, Fault, LoopbackRequest, Scripted, Seeded
from textgrad_lite.testing.loopback.refusals import find_refusal


def make_request(text: str) -> LoopbackRequest:
    return LoopbackRequest("chat", "m", (("user", text),), None, {"text": text}, {}, "", 0)


def test_script_is_followed_and_ends() -> None:
    source = Scripted(["drop", None, Fault("rate_limit", retry_after=2)])

    said = [source(make_request("x")) for _ in range(5)]

    assert said == [Fault("drop"), None, Fault("rate_limit", retry_after=2), None, None]


@given(st.lists(st.sampled_from("abcdef"), max_size=60), st.integers(0, 5), st.randoms(use_true_random=False))
def test_draws_do_not_depend_on_the_order(texts: list[str], seed: int, shuffler: random.Random) -> None:
    shuffled = shuffler.sample(texts, len(texts))

    def count(order: list[str]) -> dict[str, list[Fault | None]]:
        source = Seeded(0.5, seed=seed)
        faults: dict[str, list[Fault | None]] = {}
        for text in order:
            faults.setdefault(text, []).append(source(make_request(text)))
        return faults

    assert count(texts) == count(shuffled)


def test_share_of_faults() -> None:
    source = Seeded(0.2, seed=3)
    faults = [source(make_request(str(number))) for number in range(2000)]

    kinds = Counter(fault.kind for fault in faults if fault)
    assert 0.17 < sum(kinds.values()) / 2000 < 0.23
    assert set(kinds) == set(PASSING)


def test_a_request_passes_after_enough_faults() -> None:
    source = Seeded(1.0, kinds=[Fault("overloaded", retry_after=1)], in_a_row=2)

    said = [source(make_request("x")) for _ in range(6)]

    fault = Fault("overloaded", retry_after=1)
    assert said == [fault, fault, None, fault, fault, None]


def test_what_is_no_refusal_has_no_words() -> None:
    assert find_refusal(Fault("drop"), make_request("x")) is None


def test_words_of_a_fault_replace_the_providers() -> None:
    refusal = find_refusal(Fault("quota", message="no more"), make_request("x"))

    assert refusal is not None
    assert (refusal.words, refusal.code) == ("no more", "insufficient_quota")
