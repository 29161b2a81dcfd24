"""Tests of textgrad_lite.training.credit."""

from __future__ import annotations

from textgrad_lite.graph import Gradient
from textgrad_lite.optimizers.sources import Candidate
from textgrad_lite.training.credit import Credit
from textgrad_lite.training.events import ParameterTally
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.results import NO_RESULT


def candidate(first: str, second: str, *parents: Candidate) -> Candidate:
    state = {"first": first, "second": second}
    return Candidate(state=state, source="test", parents=tuple(parent.id for parent in parents))


def test_credit_goes_to_what_a_candidate_changed() -> None:
    start = candidate("1", "1")
    pool = Pool(Member(start, NO_RESULT))
    credit = Credit(["first", "second"], pool)
    credit.note_criticism({"first": [Gradient(text="Change."), Gradient(text="Keep.", is_keep=True)]})
    one = candidate("2", "1", start)
    pool.known[one.id] = one
    both = candidate("3", "2", one)
    for each in (one, both):
        credit.note_proposed(each)
    credit.note_accepted(one, 0.25)
    credit.note_accepted(both, 0.5)
    assert credit.tallies == {
        "first": ParameterTally(criticised=1, changed=2, accepted=2, gain=0.5),
        "second": ParameterTally(changed=1, accepted=1, gain=0.25),
    }


def test_a_candidate_of_unknown_descent_is_compared_with_the_start() -> None:
    credit = Credit(["first", "second"], Pool(Member(candidate("1", "1"), NO_RESULT)))
    credit.note_proposed(candidate("1", "2"))
    credit.note_proposed(candidate("2", "1", candidate("9", "9")))
    assert [tally.changed for tally in credit.tallies.values()] == [1, 1]
