"""Drawings: equal graphs give equal text, and nothing in a value can break the drawing."""

from __future__ import annotations

import sys

import pytest

from tests.graph.doubles import Echo, Gated, Sum, leaf
from textgrad_lite.errors import FunctionError, MissingDependencyError
from textgrad_lite.graph import Call, Gradient, Value, Variable


def graph() -> Variable:
    prompt = leaf('say "hi"\nand \\ go', role="the prompt")
    prompt.add_gradient(Gradient("be <brief>"))
    question = leaf("1+1?", role="the question", requires_grad=False)
    answer = Echo("model")(prompt, question, role="the answer")
    assert answer.text.endswith("1+1?")
    return answer


class TestDot:
    def test_names_nodes_and_functions(self) -> None:
        assert graph().to_dot().splitlines()[3:] == [
            r'  v0 [label="the prompt\n= say \"hi\"\nand \\ go"]',
            r'  v1 [label="the question\n= 1+1?"]',
            r'  v2 [label="the answer\n= say \"hi\"\nand \\ go1+1?"]',
            '  v0 -> v2 [label="model"]',
            '  v1 -> v2 [label="model"]',
            "}",
        ]

    def test_shows_criticism_when_asked(self) -> None:
        assert "be <brief>" not in graph().to_dot()
        assert r"\n< be <brief>" in graph().to_dot(print_gradients=True)

    def test_is_the_same_for_equal_graphs(self) -> None:
        assert graph().to_dot() == graph().to_dot()


class TestMermaid:
    def test_names_nodes_and_functions(self) -> None:
        assert graph().to_mermaid().splitlines() == [
            "flowchart TB",
            '  v0["the prompt<br>= say #quot;hi#quot;<br>and \\ go"]',
            '  v1["the question<br>= 1+1?"]',
            '  v2["the answer<br>= say #quot;hi#quot;<br>and \\ go1+1?"]',
            '  v0 -- "model" --> v2',
            '  v1 -- "model" --> v2',
        ]

    def test_shows_criticism_when_asked(self) -> None:
        assert "#lt; be #lt;brief#gt;" in graph().to_mermaid(print_gradients=True)

    def test_takes_nothing_in_a_text_for_markup(self) -> None:
        text = leaf('#1 `a` & "b" <br>', role="odd")
        assert text.to_mermaid().splitlines()[1] == (
            '  v0["odd<br>= #35;1 #96;a#96; #amp; #quot;b#quot; #lt;br#gt;"]'
        )

    def test_draws_predecessors_that_were_named_by_hand(self) -> None:
        source = leaf("a", role="source")
        made = Variable("b", role_description="made", predecessors=[source])
        assert made.to_mermaid().splitlines()[-1] == "  v0 --> v1"
        assert made.to_dot().splitlines()[-2] == "  v0 -> v1"


def test_drawings_never_wait_and_read_no_error() -> None:
    class Fails(Echo):
        async def forward(self, call: Call) -> Value:
            raise KeyError("lost")

    gate, failed = Gated(), Fails()(leaf())
    with pytest.raises(FunctionError):
        _ = failed.value
    waiting = Sum()(gate(leaf(), role="waiting"), failed)
    assert "waiting\\n= <pending>" in waiting.to_dot()
    assert "= <FunctionError>" in waiting.to_dot().replace("#lt;", "<")
    gate.open()


class TestGraphviz:
    def test_gives_an_object_of_that_package(self) -> None:
        pytest.importorskip("graphviz")
        assert graph().generate_graph().source.strip() == graph().to_dot()

    def test_names_the_extra_where_it_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "graphviz", None)
        with pytest.raises(MissingDependencyError, match=r"textgrad-lite\[graph\]"):
            graph().generate_graph()
