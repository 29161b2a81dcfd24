"""Criticism keeps its order and its origin, without duplicates and without recursion."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.graph import Gradient, Origin, tagged
from textgrad_lite.graph.gradient import GradientLedger, current_tags


def origin_of_length(length: int) -> Origin:
    origin = Origin("loss", "the loss", {"example_id": "e1"})
    for _ in range(length - 1):
        origin = Origin("echo", "an output", previous=(origin,))
    return origin


class TestOrigin:
    def test_leads_back_to_the_loss_and_its_example(self) -> None:
        origin = origin_of_length(3)
        assert [step.function for step in origin.steps()] == ["echo", "echo", "loss"]
        assert origin.example_ids == ("e1",)
        assert origin.example_id is None

    def test_lists_shared_steps_once_in_order(self) -> None:
        first, second = (Origin("loss", "a loss", {"example_id": name}) for name in ("e1", "e2"))
        middle = [Origin("echo", f"output {n}", previous=(first, second)) for n in range(2)]
        origin = Origin("echo", "the output", {"example_id": "e0"}, previous=tuple(middle))
        assert origin.example_ids == ("e0", "e1", "e2")
        assert len(list(origin.steps())) == 5

    def test_many_forks_that_join_again_are_walked_in_linear_time(self) -> None:
        origin = origin_of_length(1)
        for _ in range(200):
            left, right = Origin("left", "", previous=(origin,)), Origin("right", "", previous=(origin,))
            origin = Origin("join", "", previous=(left, right))
        assert len(list(origin.steps())) == 601

    def test_of_any_length_has_a_short_repr_an_equality_and_an_end(self) -> None:
        origin = origin_of_length(30_000)
        assert repr(origin) == "Origin('echo', role='an output', tags={})"
        assert origin == origin
        assert origin != origin_of_length(30_000)
        assert hash(origin) == hash(origin)
        assert origin.example_ids == ("e1",)
        del origin


class TestTagged:
    def test_adds_to_the_tags_around_it_for_a_while(self) -> None:
        with tagged(example_id="e1", run="a"):
            with tagged(example_id="e2"):
                assert dict(current_tags()) == {"example_id": "e2", "run": "a"}
            assert dict(current_tags()) == {"example_id": "e1", "run": "a"}
        assert dict(current_tags()) == {}


class TestGradient:
    def test_is_equal_by_identity_alone(self) -> None:
        assert Gradient("a") != Gradient("a")
        assert len({Gradient("a"), Gradient("a")}) == 2


class TestGradientLedger:
    def test_orders_by_the_program_and_not_by_arrival(self) -> None:
        ledger = GradientLedger()
        first, second, third = (Gradient(text) for text in "abc")
        ledger.put("edge 3", (2, 0), (third,))
        ledger.put("edge 1", (1, 0), (first,))
        ledger.put("edge 2", (1, 1), (second,))
        assert ledger.all() == (first, second, third)

    def test_an_edge_that_comes_again_keeps_its_place(self) -> None:
        ledger = GradientLedger()
        old, other, new = (Gradient(text) for text in "abc")
        ledger.put("edge 1", (1, 0), (old,))
        ledger.put("edge 2", (2, 0), (other,))
        ledger.put("edge 1", (9, 0), (new,))
        assert ledger.all() == (new, other)

    def test_nothing_to_say_clears_what_was_said(self) -> None:
        ledger = GradientLedger()
        ledger.put("edge 1", (1, 0), (Gradient("a"),))
        ledger.put("edge 1", (1, 0), ())
        ledger.put("edge 2", (2, 0), ())
        assert ledger.all() == ()

    @given(st.permutations(range(6)))
    def test_arrival_never_matters(self, arrival: list[int]) -> None:
        gradients = [Gradient(str(number)) for number in range(6)]
        ledger = GradientLedger()
        for number in arrival:
            ledger.put(number, (number,), (gradients[number],))
        assert ledger.all() == tuple(gradients)

    @given(st.lists(st.integers(0, 3), max_size=8))
    def test_what_came_along_several_edges_is_there_once_where_it_came_first(self, picks: list[int]) -> None:
        gradients = [Gradient(str(number)) for number in range(4)]
        ledger = GradientLedger()
        for place, pick in enumerate(picks):
            ledger.put(place, (place,), (gradients[pick],))
        assert ledger.all() == tuple(dict.fromkeys(gradients[pick] for pick in picks))
