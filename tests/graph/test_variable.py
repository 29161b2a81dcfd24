"""A Variable: its value, pending or not, its criticism, and what it shows of itself."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graph.doubles import Echo, Gated, leaf, texts
from textgrad_lite import runtime
from textgrad_lite.errors import BlockingReadError, FunctionError, GraphError, StaleGradientError
from textgrad_lite.graph import Gradient, Image, Value, Variable


class TestALeaf:
    def test_has_what_it_was_given(self) -> None:
        variable = Variable("Be brief.", role_description="the prompt")
        assert variable.value == variable.text == str(variable) == "Be brief."
        assert variable.get_role_description() == variable.role_description == "the prompt"
        assert variable.requires_grad
        assert variable.version == 0
        assert variable.predecessors == ()
        assert variable.gradients == ()
        assert variable.call is None

    @pytest.mark.parametrize("value, text", [(3, "3"), (-0.5, "-0.5"), ("", "")])
    def test_may_be_a_number(self, value: Value, text: str) -> None:
        assert leaf(value).value == value
        assert leaf(value).text == text

    def test_cannot_be_anything_else(self) -> None:
        with pytest.raises(GraphError, match="not list"):
            Variable(["a"], role_description="a list")  # type: ignore[arg-type]

    def test_takes_bytes_for_an_image(self) -> None:
        data = b"GIF89arest"
        assert Variable(data, role_description="a picture").value == Image(data, "image/gif")

    def test_may_name_predecessors_in_order_without_duplicates(self) -> None:
        a, b = leaf(), leaf()
        assert Variable("c", role_description="c", predecessors=[b, a, b]).predecessors == (b, a)

    def test_can_change_its_role(self) -> None:
        variable = leaf(role="a role")
        variable.set_role_description("another")
        assert variable.role_description == "another"

    def test_is_equal_to_itself_alone(self) -> None:
        assert leaf("a") != leaf("a")

    def test_can_be_read_on_the_loop_thread(self) -> None:
        variable = leaf("a")

        async def read() -> Value:
            return variable.value

        assert runtime.run(read()) == "a"


class TestSetValue:
    def test_counts_versions(self) -> None:
        variable = leaf("a")
        variable.set_value("b")
        variable.value = "c"
        assert (variable.value, variable.version) == ("c", 2)

    def test_of_a_pending_output_is_refused(self) -> None:
        gate = Gated()
        output = gate(leaf())
        with pytest.raises(GraphError, match="while a function is making its value"):
            output.set_value("mine")
        gate.open()
        assert output.value == "x"

    def test_makes_an_output_a_leaf(self) -> None:
        prompt = leaf("a")
        output = Echo()(prompt)
        assert output.value == "a"
        output.set_value("mine")
        assert (output.value, output.version, output.predecessors, output.call) == ("mine", 1, (), None)
        Echo()(output).backward()
        assert prompt.gradients == ()

    def test_keeps_the_criticism_until_it_is_cleared(self) -> None:
        variable = leaf()
        variable.add_gradient(Gradient("worse"))
        variable.set_value("y")
        assert texts(variable) == ["worse"]
        variable.zero_grad()
        assert variable.gradients == ()


class TestAnOutput:
    def test_is_pending_until_its_function_has_returned(self) -> None:
        gate = Gated()
        output = gate(leaf("a"))
        assert output.peek() is None
        gate.open()
        assert output.value == "a"
        assert output.peek() == "a"

    def test_can_be_awaited_on_a_foreign_loop_and_on_the_own(self) -> None:
        output = Echo()(leaf("a"))

        async def read() -> Value:
            return await output

        assert asyncio.run(read()) == "a"
        assert runtime.run(read()) == "a"

    def test_a_leaf_can_be_awaited_too(self) -> None:
        variable = leaf("a")

        async def read() -> Value:
            return await variable

        assert asyncio.run(read()) == "a"

    def test_pending_cannot_be_read_on_the_loop_thread(self) -> None:
        gate = Gated()
        output = gate(leaf("a"))

        async def read() -> Value:
            return output.value

        with pytest.raises(BlockingReadError, match="await variable"):
            runtime.run(read())
        gate.open()
        assert output.value == "a"

    def test_sync_backward_cannot_be_called_on_the_loop_thread(self) -> None:
        output = Echo()(leaf("a"))

        async def criticise() -> None:
            output.backward()

        with pytest.raises(BlockingReadError, match="abackward"):
            runtime.run(criticise())

    def test_that_failed_raises_whenever_it_is_read(self) -> None:
        class Fails(Echo):
            async def forward(self, call: object) -> Value:
                raise KeyError("lost")

        output = Fails()(leaf())
        for _ in range(2):
            with pytest.raises(FunctionError, match="lost"):
                _ = output.value
        assert output.peek() is None
        assert "<FunctionError>" in repr(output)


class TestRequiresGrad:
    def test_of_an_output_is_that_of_its_inputs(self) -> None:
        frozen, trained = leaf(requires_grad=False), leaf()
        assert not Echo()(frozen).requires_grad
        assert Echo()(frozen, trained).requires_grad

    def test_can_be_said_of_an_output(self) -> None:
        output = Echo()(leaf(), requires_grad=False)
        assert not output.requires_grad
        output.requires_grad = True
        assert output.requires_grad

    def test_can_be_retained_by_an_output(self) -> None:
        output = Echo()(leaf(requires_grad=False))
        output.retain_grad()
        assert output.requires_grad


class TestGradients:
    def test_added_by_hand_keep_their_order(self) -> None:
        variable = leaf()
        for text in "abc":
            variable.add_gradient(Gradient(text))
        assert variable.get_gradient_text() == "a\nb\nc"

    def test_of_another_version_are_refused_by_name(self) -> None:
        variable = leaf(role="the prompt")
        variable.set_value("y")
        with pytest.raises(StaleGradientError, match="version 0 of 'the prompt', whose value is version 1"):
            variable.add_gradient(Gradient("too late"))
        assert variable.gradients == ()

    def test_are_cleared_under_either_name(self) -> None:
        variable = leaf()
        variable.zero_grad()
        variable.add_gradient(Gradient("a"))
        variable.reset_gradients()
        assert variable.gradients == ()


class TestRepr:
    def test_shows_value_role_and_number_of_gradients(self) -> None:
        variable = leaf("Be brief.", role="the prompt")
        shown = "Variable('Be brief.', role_description='the prompt', requires_grad=True, 0 gradients)"
        assert repr(variable) == shown
        variable.add_gradient(Gradient("a"))
        assert repr(variable) == shown.replace("0 gradients", "1 gradient")

    def test_stays_short(self) -> None:
        assert "w9 (...) w990" in repr(leaf(" ".join(f"w{number}" for number in range(1000))))

    def test_never_waits(self) -> None:
        gate = Gated()
        output = gate(leaf())
        assert repr(output).startswith("Variable(<pending>, ")
        gate.open()
        assert output.value == "x"

    def test_of_a_number_is_the_number(self) -> None:
        assert repr(leaf(3)).startswith("Variable(3, ")

    @given(st.integers(1, 400), st.sampled_from(["x", "x ", "長", "\n"]))
    def test_is_short_whatever_the_value_and_the_role(self, length: int, unit: str) -> None:
        text = unit * length * 100
        assert len(repr(Variable(text, role_description=text))) < 1200


class TestShortValue:
    def test_of_a_text_without_blanks_is_its_ends(self) -> None:
        assert leaf("a" * 30 + "b" * 30).get_short_value(1) == "a" * 12 + " (...) " + "b" * 12

    def test_is_the_first_and_the_last_words(self) -> None:
        assert leaf("a b c d e f g").get_short_value(2) == "a b (...) f g"

    def test_of_a_short_text_is_all_of_it(self) -> None:
        assert leaf("a  b\nc d").get_short_value(2) == "a  b\nc d"
