"""The backward pass: what is asked, of whom, in which order, how often, and what happens when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graph.doubles import Echo, Gated, Said, Sum, leaf, texts, until
from textgrad_lite import runtime
from textgrad_lite.errors import BackwardError, FunctionError, StaleGradientError
from textgrad_lite.graph import (
    Call,
    Criticism,
    Feedback,
    Function,
    Gradient,
    PassThrough,
    Value,
    Variable,
    tagged,
)


class FailsBack(Echo):
    """Fails backward as long as it is told to."""

    is_broken = True

    async def backward(self, call: Call, criticism: Criticism, wanted: tuple[int, ...]) -> Said:
        if self.is_broken:
            raise KeyError("lost")
        return await super().backward(call, criticism, wanted)


class Silent(Echo):
    """Has nothing to say of anything."""

    async def backward(self, call: Call, criticism: Criticism, wanted: tuple[int, ...]) -> Said:
        await super().backward(call, criticism, wanted)
        return {}


class TestOneStep:
    def test_the_root_is_criticised_as_the_objective(self) -> None:
        loss, prompt = Echo("loss"), leaf()
        engine = object()
        loss(prompt).backward(engine)
        (criticism,) = loss.criticisms
        assert (criticism.gradients, criticism.text, criticism.is_root) == ((), "", True)
        assert (criticism.engine, criticism.joint) == (engine, False)
        assert texts(prompt) == ["loss[0]<the end>"]

    def test_gradients_carry_all_that_was_said(self) -> None:
        class Says(Echo):
            async def backward(self, *_: object) -> Said:
                return {0: [Feedback("fine", "the talk", is_keep=True, score=0.5)]}

        prompt = leaf()
        prompt.set_value("y")
        with tagged(example_id="e7"):
            loss = Says("judge")(prompt, role="the loss")
        loss.backward()
        (gradient,) = prompt.gradients
        assert (gradient.text, gradient.context, gradient.is_keep, gradient.score, gradient.version) == (
            "fine",
            "the talk",
            True,
            0.5,
            1,
        )
        assert gradient.origin is not None
        assert (gradient.origin.function, gradient.origin.role) == ("judge", "the loss")
        assert gradient.origin.example_ids == ("e7",)

    def test_several_things_may_be_said_of_one_argument(self) -> None:
        class Lists(Echo):
            async def backward(self, *_: object) -> Said:
                return {0: [Feedback("first"), Feedback("second")]}

        prompt = leaf()
        Lists()(prompt).backward()
        assert texts(prompt) == ["first", "second"]

    def test_joint_is_handed_on(self) -> None:
        loss = Echo()
        loss(leaf()).backward(joint=True)
        assert loss.criticisms[0].joint

    def test_criticism_given_to_the_root_by_hand_counts(self) -> None:
        model, prompt = Echo("model"), leaf()
        answer = model(prompt)
        answer.add_gradient(Gradient("too long"))
        answer.backward()
        assert texts(prompt) == ["model[0]<too long>"]
        assert not model.criticisms[0].is_root

    def test_of_a_leaf_does_nothing(self) -> None:
        assert leaf().backward().visited == ()


class TestChains:
    def test_criticism_of_an_output_becomes_criticism_of_its_inputs(self) -> None:
        system, question = leaf(role="the system prompt"), leaf(role="the question")
        answer = Echo("model")(system, question)
        Echo("loss")(answer).backward()
        assert texts(answer) == ["loss[0]<the end>"]
        assert texts(system) == ["model[0]<loss[0]<the end>>"]
        assert texts(question) == ["model[1]<loss[0]<the end>>"]

    def test_a_node_starts_when_the_criticism_of_its_output_is_complete(self) -> None:
        model, slow, prompt = Echo("model"), Gated("slow"), leaf()
        answer = model(prompt)
        total = Sum()(Echo("fast")(answer), slow(answer))

        async def watch() -> tuple[int, int]:
            slow.forward_gate.set()
            walking = asyncio.create_task(total.abackward())
            await until(lambda: slow.backward_started)
            for _ in range(20):
                await asyncio.sleep(0)
            before = len(model.criticisms)
            slow.backward_gate.set()
            await walking
            return before, len(model.criticisms)

        assert runtime.run(watch()) == (0, 1)
        assert texts(prompt) == ["model[0]<fast[0]<the end>\n\nslow[0]<the end>>"]

    def test_all_nodes_that_are_ready_run_at_once(self) -> None:
        gate = Gated()
        losses = [gate(leaf()) for _ in range(10)]
        total = Sum()(*losses)

        async def watch() -> int:
            gate.forward_gate.set()
            walking = asyncio.create_task(total.abackward())
            await until(lambda: gate.backward_started == 10)
            gate.backward_gate.set()
            await walking
            return gate.backward_started

        assert runtime.run(watch()) == 10

    def test_origins_lead_from_the_leaf_back_to_the_loss(self) -> None:
        prompt = leaf()
        with tagged(example_id="e1"):
            answer = Echo("model")(prompt, role="the answer")
            loss = Echo("loss")(answer, role="the loss")
        loss.backward()
        origin = prompt.gradients[0].origin
        assert origin is not None
        assert [(step.function, step.role) for step in origin.steps()] == [
            ("model", "the answer"),
            ("loss", "the loss"),
        ]


class TestWhatIsAsked:
    def test_nothing_where_nothing_can_be_trained(self, caplog: pytest.LogCaptureFixture) -> None:
        model, loss = Echo("model"), Echo("loss")
        report = loss(model(leaf(requires_grad=False))).backward()
        assert (model.asked, loss.asked, report.visited) == ([], [], ())
        assert "nothing trainable" in caplog.text

    def test_only_of_arguments_with_something_trainable_behind(self) -> None:
        model, loss = Echo("model"), Echo("loss")
        frozen = Echo("reference")(leaf(requires_grad=False))
        answer = model(leaf(requires_grad=False), leaf(), leaf(requires_grad=False))
        loss(frozen, answer).backward()
        assert (loss.asked, model.asked) == ([(1,)], [(1,)])
        assert frozen.gradients == ()

    def test_nothing_behind_an_output_that_requires_no_grad(self) -> None:
        model, prompt = Echo("model"), leaf()
        Sum()(model(prompt, requires_grad=False), leaf()).backward()
        assert model.asked == []
        assert prompt.gradients == ()

    def test_of_an_output_that_an_optimizer_retains(self) -> None:
        model, loss = Echo("model"), Echo("loss")
        answer = model(leaf(requires_grad=False))
        root = loss(answer)
        answer.retain_grad()  # after the loss was made: it is read when the pass begins
        root.backward()
        assert texts(answer) == ["loss[0]<the end>"]
        assert model.asked == []

    def test_once_for_an_argument_that_is_passed_twice(self) -> None:
        model, prompt = Echo("model"), leaf()
        model(prompt, prompt).backward()
        assert model.asked == [(0, 1)]
        assert texts(prompt) == ["model[0]<the end>", "model[1]<the end>"]

    def test_nothing_where_a_successor_had_nothing_to_say(self) -> None:
        model, prompt = Echo("model"), leaf()
        report = Silent("silent")(model(prompt)).backward()
        assert model.asked == []
        assert prompt.gradients == ()
        assert [(node.function, node.gradients) for node in report.visited] == [("silent", 0)]


class TestPassThrough:
    def test_at_the_root_makes_every_argument_an_objective(self) -> None:
        loss, prompts = Echo("loss"), [leaf(), leaf()]
        Sum()(Sum()(loss(prompts[0])), loss(prompts[1])).backward()
        assert [criticism.is_root for criticism in loss.criticisms] == [True, True]
        assert [texts(prompt) for prompt in prompts] == [["loss[0]<the end>"]] * 2

    def test_keeps_context_and_origin_and_addresses_the_version(self) -> None:
        prompt = leaf()
        prompt.set_value("new")
        Echo("loss")(Sum()(prompt)).backward()
        (gradient,) = prompt.gradients
        assert (gradient.text, gradient.context, gradient.version) == ("loss[0]<the end>", "loss", 1)
        assert gradient.origin is not None
        assert gradient.origin.function == "loss"

    def test_never_says_a_thing_twice(self) -> None:
        prompt = leaf()
        total = Sum()(prompt, Sum()(prompt), prompt)
        Echo("loss")(total).backward()
        assert texts(prompt) == ["loss[0]<the end>"]


class TestOrder:
    def test_is_that_of_the_program_and_not_of_completion(self) -> None:
        prompt = leaf()
        slow, losses = Gated("loss 0"), [Echo(f"loss {number}") for number in (1, 2)]
        total = Sum()(slow(prompt), *(loss(prompt) for loss in losses))

        async def last_first() -> None:
            slow.forward_gate.set()
            walking = asyncio.create_task(total.abackward())
            await until(lambda: len(prompt.gradients) == 2)
            slow.backward_gate.set()
            await walking

        runtime.run(last_first())
        assert texts(prompt) == [f"loss {number}[0]<the end>" for number in range(3)]

    def test_depends_on_the_graph_and_not_on_when_its_nodes_were_made(self) -> None:
        prompt = leaf()
        second, first = Echo("second")(prompt), Echo("first")(prompt)
        Sum()(first, second).backward()
        assert texts(prompt) == ["first[0]<the end>", "second[0]<the end>"]

    def test_of_several_passes_is_that_of_their_roots(self) -> None:
        prompt = leaf()
        roots = [Echo(f"loss {number}")(prompt) for number in range(3)]
        for root in roots[::-1]:
            root.backward()
        assert texts(prompt) == [f"loss {number}[0]<the end>" for number in range(3)]

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=3), min_size=1, max_size=12))
    def test_is_the_same_each_time_for_any_graph(self, shape: list[list[int]]) -> None:
        def build() -> list[str]:
            prompt = leaf(role="the prompt")
            nodes: list[Variable] = [prompt]
            for number, inputs in enumerate(shape):
                nodes.append(Echo(f"f{number}")(*(nodes[index % len(nodes)] for index in inputs)))
            Sum()(*nodes[1:]).backward()
            return texts(prompt)

        first = build()
        assert first == build()
        assert len(first) == len(set(first))


class TestASecondPass:
    def test_adds_nothing_and_asks_nobody(self) -> None:
        model, loss, prompt = Echo("model"), Echo("loss"), leaf()
        total = Sum()(loss(model(prompt)), loss(model(prompt)))
        total.backward()
        before = prompt.gradients
        asked = len(model.asked), len(loss.asked)
        total.backward()
        assert prompt.gradients == before
        assert (len(model.asked), len(loss.asked)) == asked

    def test_after_zero_grad_deposits_again(self) -> None:
        model, prompt = Echo("model"), leaf()
        root = Echo("loss")(model(prompt))
        root.backward()
        before = texts(prompt)
        prompt.zero_grad()
        root.backward()
        assert texts(prompt) == before
        assert len(model.asked) == 1

    def test_asks_again_with_another_engine_or_jointly(self) -> None:
        loss, prompt = Echo("loss"), leaf()
        root = loss(prompt)
        for engine, joint in ((object(), False), (object(), False), (None, True)):
            root.backward(engine, joint=joint)
        assert len(loss.asked) == 3
        assert len(prompt.gradients) == 1

    def test_from_another_root_takes_the_place_of_what_was_said_of_less(self) -> None:
        model, prompt = Echo("model"), leaf()
        answer = model(prompt)
        first, second = Echo("first")(answer), Echo("second")(answer)
        first.backward()
        assert texts(prompt) == ["model[0]<first[0]<the end>>"]
        second.backward()
        assert texts(prompt) == ["model[0]<first[0]<the end>\n\nsecond[0]<the end>>"]

    def test_asks_only_for_what_was_not_asked_for(self) -> None:
        model, late = Echo("model"), leaf(requires_grad=False)
        root = model(leaf(), late)
        root.backward()
        late.requires_grad = True
        root.backward()
        assert model.asked == [(0,), (1,)]

    def test_at_the_same_time_asks_once(self) -> None:
        model, prompt = Gated("model"), leaf()
        root = Echo("loss")(model(prompt))

        async def both() -> None:
            model.forward_gate.set()
            walks = [asyncio.create_task(root.abackward()) for _ in range(2)]
            await until(lambda: model.backward_started)
            model.backward_gate.set()
            await asyncio.gather(*walks)

        runtime.run(both())
        assert len(model.asked) == 1
        assert len(prompt.gradients) == 1

    def test_at_the_same_time_over_a_part_loses_nothing(self) -> None:
        model, prompt = Gated("model"), leaf()
        answer = model(prompt)
        roots = [Echo("first")(answer), Echo("second")(answer)]

        async def both() -> None:
            model.forward_gate.set()
            walks = [asyncio.create_task(root.abackward()) for root in roots]
            await until(lambda: model.backward_started)
            model.backward_gate.set()
            await asyncio.gather(*walks)

        runtime.run(both())
        assert texts(prompt) == ["model[0]<first[0]<the end>\n\nsecond[0]<the end>>"]


class TestStaleValues:
    def test_are_not_criticised_and_cost_nothing(self) -> None:
        loss, stale, fresh = Echo("loss"), leaf(role="the stale one"), leaf()
        root = loss(stale, fresh)
        stale.set_value("new")
        with pytest.raises(
            BackwardError, match="version 0 of 'the stale one', whose value is version 1"
        ) as caught:
            root.backward()
        assert [type(failure) for failure in caught.value.failures] == [StaleGradientError]
        assert (stale.gradients, texts(fresh)) == ((), ["loss[1]<the end>"])
        assert loss.asked == [(1,)]

    def test_that_were_set_meanwhile_are_refused(self) -> None:
        loss, prompt = Gated("loss"), leaf()
        root = loss(prompt)

        async def replace_meanwhile() -> Sequence[Exception]:
            loss.forward_gate.set()
            walking = asyncio.create_task(root.abackward(on_error="skip"))
            await until(lambda: loss.backward_started)
            prompt.set_value("new")
            loss.backward_gate.set()
            return (await walking).failures

        assert [type(failure) for failure in runtime.run(replace_meanwhile())] == [StaleGradientError]
        assert prompt.gradients == ()


class TestFailures:
    def test_leave_the_other_branches_complete_and_are_listed_in_order(self) -> None:
        prompt = leaf()
        losses = [FailsBack("bad 1"), Echo("good"), FailsBack("bad 2")]
        root = Sum()(*(loss(prompt, role=f"output of {loss.name}") for loss in losses))
        with pytest.raises(BackwardError) as caught:
            root.backward()
        assert texts(prompt) == ["good[0]<the end>"]
        assert [str(failure) for failure in caught.value.failures] == [
            "bad 1.backward failed while making 'output of bad 1': KeyError: 'lost'",
            "bad 2.backward failed while making 'output of bad 2': KeyError: 'lost'",
        ]
        assert all(isinstance(failure.__cause__, KeyError) for failure in caught.value.failures)

    def test_can_be_skipped_and_reported(self) -> None:
        prompt = leaf()
        report = Sum()(FailsBack("bad")(prompt), Echo("good")(prompt)).backward(on_error="skip")
        assert texts(prompt) == ["good[0]<the end>"]
        assert [(node.function, node.gradients, len(node.errors)) for node in report.visited] == [
            ("bad", 0, 1),
            ("good", 1, 0),
            ("sum", 0, 0),
        ]
        assert [node.function for node in report.failed] == ["bad"]
        assert len(report.failures) == 1

    def test_stop_what_lies_behind_them_but_not_what_others_said_of_it(self) -> None:
        model, prompt = Echo("model"), leaf()
        answer, other = model(prompt), Echo("other")(prompt)
        Sum()(FailsBack("bad")(answer, other), Echo("good")(answer)).backward(on_error="skip")
        assert texts(prompt) == ["model[0]<good[0]<the end>>"]

    def test_are_tried_again_by_the_next_pass(self) -> None:
        bad, prompt = FailsBack("bad"), leaf()
        root = Sum()(bad(prompt), Echo("good")(prompt))
        root.backward(on_error="skip")
        bad.is_broken = False
        root.backward()
        assert texts(prompt) == ["bad[0]<the end>", "good[0]<the end>"]

    def test_name_the_backward_engine(self) -> None:
        class Engine:
            name = "a/model"

        with pytest.raises(BackwardError, match=r"bad\.backward with a/model failed"):
            FailsBack("bad")(leaf()).backward(Engine())

    def test_of_the_value_itself_are_raised_as_they_are(self) -> None:
        class Fails(Echo):
            async def forward(self, call: Call) -> Value:
                raise KeyError("lost")

        with pytest.raises(FunctionError, match="lost"):
            Echo()(Fails()(leaf())).backward()

    def test_a_request_that_an_engine_drops_is_a_failure_and_not_the_end(self) -> None:
        class Dropped(Echo):
            async def backward(self, *_: object) -> Said:
                raise asyncio.CancelledError

        prompt = leaf()
        report = Sum()(Dropped("dropped")(prompt), Echo("good")(prompt)).backward(on_error="skip")
        assert texts(prompt) == ["good[0]<the end>"]
        assert "dropped.backward failed" in str(report.failures[0])

    def test_an_answer_of_a_wrong_form_is_a_failure(self) -> None:
        class Wrong(Echo):
            async def backward(self, *_: object) -> Said:
                return None  # type: ignore[return-value]

        with pytest.raises(BackwardError, match="AttributeError"):
            Wrong()(leaf()).backward()

    def test_on_error_is_one_of_two_words(self) -> None:
        with pytest.raises(ValueError, match='"raise" or "skip"'):
            Echo()(leaf()).backward(on_error="ignore")  # type: ignore[arg-type]


class TestCancellation:
    def test_cancels_what_is_being_asked_and_leaves_the_graph_usable(self) -> None:
        model, prompt = Gated("model"), leaf()
        root = model(prompt)

        async def interrupt() -> None:
            model.forward_gate.set()
            walking = asyncio.create_task(root.abackward())
            await until(lambda: model.backward_started)
            walking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await walking
            model.backward_gate.set()

        runtime.run(interrupt())
        assert (model.asked, prompt.gradients) == ([], ())
        root.backward()
        assert texts(prompt) == ["model[0]<the end>"]

    def test_starts_nothing_more(self) -> None:
        model, slow, prompt = Echo("model"), Gated("slow"), leaf()
        answer = model(prompt)
        total = Sum()(Echo("fast")(answer), slow(answer))

        async def interrupt() -> None:
            slow.forward_gate.set()
            walking = asyncio.create_task(total.abackward())
            await until(lambda: slow.backward_started and answer.gradients)
            walking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await walking

        runtime.run(interrupt())
        assert texts(answer) == ["fast[0]<the end>"]
        assert model.asked == []


class Average(PassThrough):
    """Reduces what comes through it to the number of texts and the texts."""

    name = "average"
    reduces = True

    def __init__(self) -> None:
        self.reduced: list[list[str]] = []

    async def forward(self, call: Call) -> Value:
        return "average"

    async def reduce(
        self, call: Call, gradients: Sequence[Gradient], engine: object | None
    ) -> Feedback | None:
        self.reduced.append([gradient.text for gradient in gradients])
        return Feedback(f"{len(gradients)} in one", context=str(engine)) if engine != "silent" else None

    def __call__(self, *inputs: Variable) -> Variable:
        return self.apply(*inputs, role_description="an average")


class TestReduction:
    def test_makes_one_of_all_that_came_through_in_the_order_of_the_program(self) -> None:
        average, prompt = Average(), leaf()
        losses = [Echo(f"loss {number}")(prompt) for number in range(3)]
        root = Sum()(Echo("before")(prompt), average(*losses), Echo("after")(prompt))
        root.backward("engine")
        assert average.reduced == [[f"loss {number}[0]<the end>" for number in range(3)]]
        assert texts(prompt) == ["before[0]<the end>", "3 in one", "after[0]<the end>"]
        reduced = prompt.gradients[1]
        assert reduced.context == "engine"
        assert reduced.origin is not None
        assert [step.function for step in reduced.origin.steps()] == ["average", "loss 0", "loss 1", "loss 2"]

    def test_reaches_what_lies_further_behind(self) -> None:
        average, model, prompt = Average(), Echo("model"), leaf()
        average(Echo("loss")(model(prompt)), Echo("loss")(model(prompt))).backward()
        assert texts(prompt) == ["2 in one"]

    def test_again_gives_the_same_without_asking(self) -> None:
        average, prompt = Average(), leaf()
        root = average(Echo("a")(prompt), Echo("b")(prompt))
        root.backward()
        before = prompt.gradients
        root.backward()
        prompt.zero_grad()
        root.backward()
        assert prompt.gradients == before
        assert len(average.reduced) == 1

    def test_leaves_a_single_criticism_as_it_is(self) -> None:
        average, first, second = Average(), leaf(), leaf()
        average(Echo("a")(first), Echo("b")(second)).backward()
        assert (texts(first), texts(second)) == (["a[0]<the end>"], ["b[0]<the end>"])
        assert average.reduced == []

    def test_may_leave_them_all(self) -> None:
        average, prompt = Average(), leaf()
        average(Echo("a")(prompt), Echo("b")(prompt)).backward("silent")
        assert texts(prompt) == ["a[0]<the end>", "b[0]<the end>"]

    def test_of_a_retained_output_comes_before_what_is_said_of_its_inputs(self) -> None:
        average, model, prompt = Average(), Echo("model"), leaf()
        answer = model(prompt)
        answer.retain_grad()
        average(Echo("a")(answer), Echo("b")(answer)).backward()
        assert texts(answer) == ["2 in one"]
        assert texts(prompt) == ["model[0]<2 in one>"]

    def test_that_fails_is_reported_and_leaves_the_criticism(self) -> None:
        class Unfinished(Average):
            async def reduce(self, *arguments: object) -> Feedback | None:
                return await Function.reduce(self, *arguments)  # type: ignore[arg-type]

        prompt = leaf(role="the prompt")
        root = Unfinished()(Echo("a")(prompt), Echo("b")(prompt))
        report = root.backward(on_error="skip")
        assert "average.reduce failed" in str(report.failures[0])
        assert "has to define reduce()" in str(report.failures[0])
        assert [(node.function, node.role) for node in report.failed] == [(None, "the prompt")]
        assert texts(prompt) == ["a[0]<the end>", "b[0]<the end>"]


def test_a_warning_is_only_logged_where_nothing_is_trainable(caplog: pytest.LogCaptureFixture) -> None:
    Echo()(leaf()).backward()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
