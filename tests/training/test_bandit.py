"""Tests of textgrad_lite.training.bandit."""

from __future__ import annotations

import random
from collections import Counter

from textgrad_lite.training.bandit import Prices, SourceBandit


def ask(bandit: SourceBandit, name: str, times: int, *, screened: int) -> None:
    for _ in range(times):
        bandit.note_asked(name)
    bandit.add(name, proposed=times, screened=screened)


def test_sources_that_were_never_asked_come_first() -> None:
    bandit = SourceBandit(["a", "b", "c"])
    assert bandit.share(2, random.Random(1)) == ["a", "b"]
    assert set(bandit.share(5, random.Random(1))) == {"a", "b", "c"}


def test_until_something_is_known_only_free_sources_get_a_second_place() -> None:
    bandit = SourceBandit(["free", "paid", "other"], free=["free"])
    assert bandit.share(6, random.Random(1)) == ["free"] * 4 + ["paid", "other"]


def test_the_source_that_pays_gets_most_places_but_not_all_of_them() -> None:
    bandit = SourceBandit(["bad", "good"])
    ask(bandit, "bad", 6, screened=0)
    ask(bandit, "good", 6, screened=4)
    shares = Counter(bandit.share(400, random.Random(1)))
    assert shares["good"] > 5 * shares["bad"] > 0


def test_a_source_from_which_nothing_comes_loses_its_places() -> None:
    bandit = SourceBandit(["silent", "other"])
    for _ in range(10):
        bandit.note_asked("silent")
    ask(bandit, "other", 2, screened=1)
    shares = Counter(bandit.share(100, random.Random(1)))
    assert shares["other"] > 3 * shares["silent"]


def test_of_two_that_pay_alike_the_one_that_costs_nothing_comes_first() -> None:
    bandit = SourceBandit(["free", "paid"], free=["free"])
    for name in ("free", "paid"):
        ask(bandit, name, 1, screened=1)
    even = Counter(bandit.share(400, random.Random(1)))
    assert 0.8 < even["free"] / even["paid"] < 1.25
    bandit.add("paid", calls=1)
    uneven = Counter(bandit.share(400, random.Random(1)))
    assert 5 < uneven["free"] / uneven["paid"] < 10


def test_equal_names_stand_together_in_the_order_of_the_sources() -> None:
    bandit = SourceBandit(["a", "b"])
    shared = bandit.share(20, random.Random(3))
    assert shared == sorted(shared)
    assert bandit.share(20, random.Random(3)) == shared


def test_only_some_sources_may_share_places() -> None:
    bandit = SourceBandit(["a", "b"], ["b"])
    assert bandit.share(2, random.Random(1)) == ["b", "b"]
    assert SourceBandit(["a"], []).share(3, random.Random(1)) == []
    bandit.add("a", accepted=1, gain=0.5)
    assert bandit.tallies["a"].gain == 0.5


def test_a_source_has_to_earn_what_it_takes() -> None:
    """Both pay as often; one takes nine questions a candidate, each worth a try of the module."""
    prices = Prices(trying=lambda: 1.0, asking=lambda: 1.0)
    bandit = SourceBandit(["cheap", "dear"], prices=prices)
    for name, calls in (("cheap", 0), ("dear", 9)):
        ask(bandit, name, 20, screened=10)
        bandit.add(name, calls=20 * calls)
    shares = Counter(bandit.share(400, random.Random(1)))
    assert shares["cheap"] > 390
    ask(bandit, "cheap", 400, screened=0)
    shares = Counter(bandit.share(400, random.Random(1)))
    assert shares["dear"] > 300


def test_what_a_question_takes_beside_a_try_decides_how_much_it_weighs() -> None:
    shares = []
    for trying in (1.0, 100.0):
        bandit = SourceBandit(["cheap", "dear"], prices=Prices(trying=lambda trying=trying: trying))  # type: ignore[misc]
        for name, calls in (("cheap", 0), ("dear", 4)):
            ask(bandit, name, 20, screened=10)
            bandit.add(name, calls=20 * calls)
        shares.append(Counter(bandit.share(400, random.Random(1)))["dear"])
    assert shares[0] < 20 < 120 < shares[1] < 220
