"""Textual gradient descent: what is asked, what is adopted, and what is left alone."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optimizers.doubles import criticised, said
from textgrad_lite.engines import use_engine
from textgrad_lite.engines.types import Completion, Request
from textgrad_lite.errors import (
    AuthenticationError,
    BudgetExceededError,
    ConfigurationError,
    StaleGradientError,
)
from textgrad_lite.graph import Gradient, Image, Variable, substituted
from textgrad_lite.optimizers import (
    TGD,
    KeepsPlaceholders,
    LeakGuard,
    MaxLength,
    Satisfies,
    TextualGradientDescent,
)
from textgrad_lite.testing.scripted import ScriptedEngine


def text_of(request: Request) -> str:
    return "\n".join(message.text for message in request.messages)


class TestOneParameter:
    def test_a_step_rewrites_it(self) -> None:
        prompt = criticised("Be brief.")
        engine = ScriptedEngine([said("Be brief. Name the unit.")])

        report = TGD([prompt], engine=engine).step()

        assert prompt.value == "Be brief. Name the unit."
        (proposal,) = report.accepted
        assert (proposal.parameter, proposal.old, proposal.new) == (
            prompt,
            "Be brief.",
            "Be brief. Name the unit.",
        )
        assert report.calls == 1
        assert report.usage.output_tokens == proposal.usage.output_tokens > 0
        assert "changed" in str(report)

    def test_the_model_sees_the_whole_text_its_role_and_every_remark_with_its_context(self) -> None:
        text = " ".join(f"word{number}" for number in range(500))
        prompt = criticised(text, "First remark.", "Second remark.", role="prompt of a clerk")
        engine = ScriptedEngine([said("x")])

        report = TGD([prompt], engine=engine).step()

        (request,) = engine.requests
        for part in (text, "prompt of a clerk", "First remark.", "Second remark.", "Input: 3 km"):
            assert part in text_of(request)
        assert request.purpose == "optimizer"
        assert request.sample == (0, 0)
        assert report.proposals[0].shown == "\n\n".join(message.text for message in request.messages)

    def test_line_endings_and_the_last_newline_stay(self) -> None:
        prompt = criticised("One.\r\nTwo.\r\n")

        TGD([prompt], engine=ScriptedEngine([said("Three.\nFour.")])).step()

        assert prompt.value == "Three.\r\nFour.\r\n"

    def test_what_does_well_is_told(self) -> None:
        prompt = criticised("Be brief.")
        prompt.add_gradient(Gradient(text="Keep it.", is_keep=True))
        engine = ScriptedEngine([said("x")])

        TGD([prompt], engine=engine).step()

        assert "In 1 other case it did well." in engine.asked()[0]
        assert "Keep it." not in engine.asked()[0]

    @pytest.mark.parametrize("value, reply, expected", [(3, "4", 4), (0.5, "0.75", 0.75)])
    def test_a_number_stays_one(self, value: float, reply: str, expected: float) -> None:
        number = criticised(value)

        TGD([number], engine=ScriptedEngine([said(reply)])).step()

        assert number.value == expected
        assert type(number.value) is type(value)

    def test_a_number_is_not_replaced_by_words(self) -> None:
        number = criticised(3)

        report = TGD([number], engine=ScriptedEngine([said("three"), said("3.5")])).step()

        assert number.value == 3
        assert report.rejected[0].reason == "The text must be one whole number."

    def test_an_answer_of_a_function_can_be_improved(self) -> None:
        answer = Variable("a", role_description="part") + "b"
        optimizer = TGD([answer], engine=ScriptedEngine([said("better")]))
        assert answer.value == "ab"
        answer.add_gradient(Gradient(text="Say it better.", version=answer.version))

        optimizer.step()

        assert answer.value == "better"

    def test_an_image_cannot_be_rewritten(self) -> None:
        image = Variable(Image(b"\x89PNG\r\n\x1a\n", "image/png"), role_description="picture")

        with pytest.raises(ConfigurationError, match="is an image"):
            TGD([image], engine=ScriptedEngine()).step()


class TestLeftAlone:
    def test_without_gradients_nobody_is_asked(self) -> None:
        prompt = Variable("Be brief.", role_description="prompt")
        engine = ScriptedEngine()

        report = TGD([prompt], engine=engine).step()

        assert (prompt.value, engine.requests) == ("Be brief.", [])
        (proposal,) = report.rejected
        assert (proposal.new, proposal.reason, proposal.calls) == (None, "it has no gradients", 0)
        assert report.usage.cost_usd == 0

    def test_where_all_is_well_nobody_is_asked(self) -> None:
        prompt = Variable("Be brief.", role_description="prompt")
        prompt.add_gradient(Gradient(text="Keep it.", is_keep=True))

        report = TGD([prompt], engine=ScriptedEngine()).step()

        assert "keep it" in report.rejected[0].reason
        assert prompt.value == "Be brief."

    def test_criticism_of_an_earlier_value_is_refused_before_any_call(self) -> None:
        prompt = criticised("Be brief.")
        engine = ScriptedEngine([said("Better.")])
        optimizer = TGD([prompt], engine=engine)
        optimizer.step()

        with pytest.raises(StaleGradientError, match="earlier value") as error:
            optimizer.step()

        assert "zero_grad" in error.value.hint
        assert len(engine.requests) == 1

    def test_zero_grad_forgets_it(self) -> None:
        prompt = criticised("Be brief.")
        optimizer = TGD([prompt], engine=ScriptedEngine())

        optimizer.zero_grad()

        assert prompt.gradients == ()


class TestReplies:
    def test_custom_marks_are_asked_for_and_read(self) -> None:
        prompt = criticised()
        engine = ScriptedEngine(["Sure! [[[ Say [x] & <y>. ]]] Done."])

        TGD([prompt], engine=engine, new_variable_tags=["[[[", "]]]"]).step()

        assert prompt.value == "Say [x] & <y>."
        assert "[[[" in engine.asked()[0]
        assert "<new_text>" not in engine.asked()[0]

    def test_custom_tags_are_read_like_tags(self) -> None:
        prompt = criticised()
        engine = ScriptedEngine(["```\n<IMPROVED>\nBetter.\n</improved>\n```"])

        TGD([prompt], engine=engine, new_variable_tags=["<IMPROVED>", "</IMPROVED>"]).step()

        assert prompt.value == "Better."

    def test_an_own_system_prompt_gets_the_marks(self) -> None:
        engine = ScriptedEngine([said("x")])
        system = "Be kind. Use {new_variable_start_tag}…{new_variable_end_tag}."

        TGD([criticised()], engine=engine, optimizer_system_prompt=system).step()

        assert engine.requests[0].messages[0].text == "Be kind. Use <new_text>…</new_text>."

    @pytest.mark.parametrize(
        "reply, reason",
        [
            (Completion(text="<new_text>\nHalf a", finish_reason="length"), "cut off"),
            (Completion(text=said("Whole, they say."), finish_reason="length"), "cut off"),
            ("", "empty"),
            ("I would say: be better.", "marks <new_text> and </new_text>"),
            (said(""), "marks"),
            (Completion(text="No.", finish_reason="refusal"), "withheld"),
        ],
    )
    def test_a_reply_that_cannot_be_used_is_never_adopted(self, reply: str | Completion, reason: str) -> None:
        prompt = criticised("Be brief.")
        engine = ScriptedEngine([reply, reply])

        report = TGD([prompt], engine=engine, attempts=5).step()

        assert prompt.value == "Be brief."
        assert reason in report.rejected[0].reason
        assert report.calls == 2, "asked once more, and not again"

    def test_it_is_asked_for_once_more_with_the_reason(self) -> None:
        prompt = criticised()
        engine = ScriptedEngine(["Be better.", said("Better.")])

        report = TGD([prompt], engine=engine).step()

        first, second = engine.requests
        assert (first.sample, second.sample) == ((0, 0), (0, 1))
        assert second.messages[:2] == first.messages
        assert [message.role for message in second.messages] == ["system", "user", "assistant", "user"]
        assert "marks <new_text> and </new_text> round the new text are missing" in text_of(second)
        assert prompt.value == "Better."
        assert report.calls == 2

    def test_what_was_cut_off_is_not_repeated(self) -> None:
        engine = ScriptedEngine([Completion(text="endless", finish_reason="length"), said("x")])

        TGD([criticised()], engine=engine).step()

        assert [message.role for message in engine.requests[1].messages] == ["system", "user"]
        assert "endless" not in text_of(engine.requests[1])
        assert "Write a shorter text." in text_of(engine.requests[1])

    def test_a_text_that_does_not_change_is_no_proposal(self) -> None:
        prompt = criticised("Be brief.\n")

        report = TGD([prompt], engine=ScriptedEngine([said("Be brief."), said("Be brief.")])).step()

        assert "same as before" in report.rejected[0].reason
        assert prompt.version == 0

    def test_answers_from_a_cache_cost_nothing(self) -> None:
        text = said("x")
        reply = Completion(text=text, is_cached=True, usage={"input_tokens": 9, "cost_usd": 1.0})

        report = TGD([criticised()], engine=ScriptedEngine([reply])).step()

        assert (report.usage.total_tokens, report.calls) == (0, 1)

    @given(st.text())
    def test_no_reply_without_marks_is_ever_adopted(self, reply: str) -> None:
        prompt = criticised("Be brief.")
        if "<" not in reply:
            TGD([prompt], engine=ScriptedEngine([reply, reply])).step()

        assert prompt.value == "Be brief."


class TestStructuredReplies:
    def test_a_schema_is_used_where_the_engine_enforces_one(self) -> None:
        prompt = criticised()
        reply = json.dumps({"plan": "Shorten.", "new_text": "Better."})
        engine = ScriptedEngine([reply], supports_schema=True)

        TGD([prompt], engine=engine, structured=True).step()

        assert prompt.value == "Better."
        schema = engine.requests[0].output_schema
        assert schema is not None
        assert schema["required"] == ["plan", "new_text"]
        assert "<new_text>" not in engine.asked()[0]

    @pytest.mark.parametrize("supports, structured", [(True, False), (False, True)])
    def test_else_marks_are(self, supports: bool, structured: bool) -> None:
        engine = ScriptedEngine([said("x")], supports_schema=supports)

        TGD([criticised()], engine=engine, structured=structured).step()

        assert engine.requests[0].output_schema is None
        assert "<new_text>" in engine.asked()[0]

    @pytest.mark.parametrize("reply", ["{}", "[1]", '{"new_text": 1}', "no JSON", '{"new_text": " "}'])
    def test_another_form_is_asked_for_again(self, reply: str) -> None:
        prompt = criticised()
        engine = ScriptedEngine([reply, '{"plan": "", "new_text": "Better."}'], supports_schema=True)

        TGD([prompt], engine=engine, structured=True).step()

        assert prompt.value == "Better."


class TestConstraints:
    def test_they_are_told_beforehand(self) -> None:
        engine = ScriptedEngine([said("Be brief, {name}.")])
        constraints = [KeepsPlaceholders(), MaxLength(characters=50)]

        TGD(
            [criticised("Be kind, {name}.")],
            engine=engine,
            constraints=["Stay polite."],
            hard_constraints=constraints,
        ).step()

        for rule in ("Stay polite.", "Keep {name} exactly as written", "Write at most 50 characters."):
            assert f"- {rule}" in engine.asked()[0]

    def test_a_violation_is_told_so_often_and_no_more(self) -> None:
        prompt = criticised("Be kind.")
        engine = ScriptedEngine([said(f"Be kind. {'Very. ' * count}") for count in range(5, 9)])

        report = TGD([prompt], engine=engine, hard_constraints=[MaxLength(characters=9)], attempts=3).step()

        assert prompt.value == "Be kind."
        assert [request.sample for request in engine.requests] == [(0, 0), (0, 1), (0, 2)]
        assert "at most 9 are allowed" in text_of(engine.requests[1])
        (proposal,) = report.rejected
        assert proposal.new is not None
        assert "at most 9 are allowed" in proposal.reason

    def test_a_repaired_text_is_adopted(self) -> None:
        prompt = criticised("Greet {name}.")
        engine = ScriptedEngine([said("Greet them."), said("Greet {name} kindly.")])

        TGD([prompt], engine=engine, hard_constraints=[KeepsPlaceholders()]).step()

        assert prompt.value == "Greet {name} kindly."

    def test_leaks_are_refused(self) -> None:
        item = "I have a yam, a leek, and two onions. How many vegetables do I have?"
        prompt = criticised("Answer with a number only.")
        leak = said("Answer with a number only. How many vegetables do you have?")

        report = TGD(
            [prompt], engine=ScriptedEngine([leak, leak]), hard_constraints=[LeakGuard([item])]
        ).step()

        assert prompt.value == "Answer with a number only."
        assert "repeats an example" in report.rejected[0].reason

    @pytest.mark.parametrize(
        "leak, reason",
        [
            ("Answer with a number only. How many vegetables do you have?", "repeats an example"),
            ("Take the feedback into account.", '"feedback"'),
            ("Answer {question} with a number only.", "{question}"),
        ],
    )
    def test_prompts_are_guarded_unless_that_is_not_wished(self, leak: str, reason: str) -> None:
        case = "Input: I have a yam, a leek, and two onions. How many vegetables do I have?"
        engine = ScriptedEngine().on(said(leak))
        prompt = Variable("Answer with a number only.", role_description="system prompt")
        prompt.add_gradient(Gradient("It has no room to count.", context=case))

        report = TGD([prompt], engine=engine).step()

        assert prompt.value == "Answer with a number only."
        assert reason in report.rejected[0].reason
        TGD([prompt], engine=engine, safeguards=False).step()
        assert prompt.value == leak

    def test_what_is_no_prompt_may_speak_of_its_case(self) -> None:
        answer = criticised("Two.", role="answer to the question")
        text = "Here is the answer to {x}, feedback included: 3 km."

        TGD([answer], engine=ScriptedEngine([said(text)])).step()

        assert answer.value == text

    def test_a_bug_in_a_condition_changes_nothing(self) -> None:
        prompt = criticised("Be brief.")
        broken = Satisfies(lambda text: text[99] == "x", "Anything.")

        with pytest.raises(IndexError):
            TGD([prompt], engine=ScriptedEngine([said("x")]), hard_constraints=[broken]).step()

        assert prompt.value == "Be brief."

    @given(
        st.lists(st.sampled_from(["{name}", "{nmae}", "{{name}}", "{", "}", "x", "{name", "{0}"]), max_size=6)
    )
    def test_placeholders_survive_any_rewrite(self, parts: list[str]) -> None:
        prompt = criticised("Greet {name}.")
        reply = said(" ".join(parts))

        TGD([prompt], engine=ScriptedEngine([reply, reply]), hard_constraints=[KeepsPlaceholders()]).step()

        value = str(prompt.value).replace("{{", "").replace("}}", "")
        assert "{name}" in value
        assert "{nmae}" not in value


class TestSeveralParameters:
    def test_all_are_asked_for_at_once(self) -> None:
        both_asked = asyncio.Barrier(2)

        async def answer(request: Request) -> str:
            await asyncio.wait_for(both_asked.wait(), 5)
            return said("A." if "role a" in text_of(request).split("<current_text>")[0] else "B.")

        a, b = criticised("a", role="role a"), criticised("b", role="role b")

        TGD([a, b], engine=ScriptedEngine().on(answer)).step()

        assert (a.value, b.value) == ("A.", "B.")

    def test_each_is_shown_the_others(self) -> None:
        a, b = criticised("Text of a.", role="first"), Variable("Text of b.", role_description="second")
        frozen = Variable("Text of c.", role_description="third", requires_grad=False)
        engine = ScriptedEngine([said("x")])

        TGD([a, b], engine=engine, peers=[frozen]).step()

        peers = engine.asked()[0].split("not yours to change:")[1]
        assert peers.index("Text of b.") < peers.index("Text of c.")
        assert "Text of a." not in peers

    def test_an_error_tells_what_it_arose_from(self) -> None:
        error = AuthenticationError("no")
        error.__cause__ = ConnectionError("the wire was cut")

        with pytest.raises(AuthenticationError) as caught:
            TGD([criticised()], engine=ScriptedEngine().on(error)).step()

        assert isinstance(caught.value.__cause__, ConnectionError)

    @pytest.mark.parametrize(
        "error", [AuthenticationError("no"), BudgetExceededError("spent", limit="calls")]
    )
    def test_an_error_at_one_changes_none(self, error: Exception) -> None:
        variables = [criticised(name, role=f"role {name}") for name in "abc"]
        engine = ScriptedEngine().on(error, matches="text to improve is the role b").on(said("new"))

        with pytest.raises(type(error)):
            TGD(variables, engine=engine).step()

        assert [variable.value for variable in variables] == ["a", "b", "c"]

    def test_the_first_error_in_order_is_raised(self) -> None:
        arrived = asyncio.Event()

        async def late(request: Request) -> Exception:
            await arrived.wait()
            return AuthenticationError("first")

        def early(request: Request) -> Exception:
            arrived.set()
            return AuthenticationError("second")

        engine = ScriptedEngine().on(late, matches="text to improve is the role a").on(early)

        with pytest.raises(AuthenticationError):
            TGD([criticised("a", role="role a"), criticised("b", role="role b")], engine=engine).step()

    async def test_an_interrupt_changes_none(self) -> None:
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()

        async def hang(request: Request) -> str:
            loop.call_soon_threadsafe(asked.set)
            await asyncio.Event().wait()
            return ""

        a, b = criticised("a", role="role a"), criticised("b", role="role b")
        engine = ScriptedEngine().on(hang, matches="text to improve is the role b").on(said("new"))
        step = asyncio.create_task(TGD([a, b], engine=engine).astep())
        await asyncio.wait_for(asked.wait(), 5)

        step.cancel()

        with pytest.raises(asyncio.CancelledError):
            await step
        assert (a.value, b.value) == ("a", "b")

    def test_one_rejection_keeps_the_others(self) -> None:
        a, b = criticised("a", role="role a"), criticised("b", role="role b")
        engine = ScriptedEngine().on("nothing", matches="text to improve is the role a").on(said("new"))

        report = TGD([a, b], engine=engine).step()

        assert (a.value, b.value) == ("a", "new")
        assert [proposal.is_accepted for proposal in report.proposals] == [False, True]

    def test_a_value_set_meanwhile_is_not_overwritten(self) -> None:
        a, b = criticised("a", role="role a"), criticised("b", role="role b")

        def answer(request: Request) -> str:
            a.set_value("theirs")
            return said("ours")

        with pytest.raises(StaleGradientError, match="during the step"):
            TGD([a, b], engine=ScriptedEngine().on(answer)).step()

        assert (a.value, b.value) == ("theirs", "b")

    def test_the_same_parameter_twice_is_one(self) -> None:
        a = criticised("a")

        assert TGD([a, a], engine=ScriptedEngine()).parameters == [a]


class TestMemory:
    def steps(self, optimizer: TextualGradientDescent, prompt: Variable, remarks: list[str]) -> None:
        for number, remark in enumerate(remarks):
            optimizer.zero_grad()
            prompt.add_gradient(Gradient(text=remark, version=prompt.version, score=number / 10))
            optimizer.step()

    def test_earlier_criticism_is_shown_and_bounded(self) -> None:
        prompt = Variable("v0", role_description="prompt")
        engine = ScriptedEngine(said(f"v{number}") for number in range(1, 9))

        self.steps(
            TGD([prompt], engine=engine, gradient_memory=2), prompt, [f"remark {n}." for n in range(5)]
        )

        earlier = engine.asked()[4].split("earlier versions:")[1].split("Remarks on the answers")[0]
        assert [f"remark {n}." in earlier for n in range(5)] == [False, False, True, True, False]

    def test_past_values_are_shown_with_their_scores_best_last(self) -> None:
        prompt = Variable("v0", role_description="prompt")
        engine = ScriptedEngine(said(f"v{number}") for number in (1, 2, 3, 4))

        self.steps(TGD([prompt], engine=engine, momentum_window=2), prompt, ["a", "b", "c", "d"])

        last = engine.asked()[3]
        places = [last.index(part) for part in ("Score 0.10:", "v1\n", "Score 0.20:", "v2\n", "Remarks on")]
        assert places == sorted(places)
        assert "v0\n" not in last

    def test_without_room_nothing_earlier_is_shown(self) -> None:
        prompt = Variable("v0", role_description="prompt")
        engine = ScriptedEngine([said("v1"), said("v2")])

        self.steps(TGD([prompt], engine=engine), prompt, ["first", "second"])

        assert "first" not in engine.asked()[1]
        assert "earlier" not in engine.asked()[1].lower()

    def test_a_failed_step_is_not_remembered(self) -> None:
        prompt = criticised("v0")
        optimizer = TGD([prompt], engine=ScriptedEngine(), gradient_memory=2, momentum_window=2)
        before = optimizer.state_dict()

        with pytest.raises(Exception, match="no answer"):
            optimizer.step()

        assert optimizer.state_dict() == before

    def test_it_goes_on_after_a_trip_through_json(self) -> None:
        replies = [said(f"v{number}") for number in range(1, 5)]
        prompts, asked = [], []
        for is_interrupted in (False, True):
            prompt = Variable("v0", role_description="prompt")
            engine = ScriptedEngine(replies)
            optimizer = TGD([prompt], engine=engine, gradient_memory=2, momentum_window=2)
            self.steps(optimizer, prompt, ["a", "b", "c"])
            if is_interrupted:
                state = json.loads(json.dumps(optimizer.state_dict()))
                optimizer = TGD([prompt], engine=engine, gradient_memory=2, momentum_window=2)
                optimizer.load_state_dict(state)
            self.steps(optimizer, prompt, ["d"])
            prompts.append(prompt.value)
            asked.append(engine.asked())

        assert prompts[0] == prompts[1]
        assert asked[0] == asked[1]

    @pytest.mark.parametrize(
        "state",
        [
            {},
            {"parameters": []},
            {"parameters": [1]},
            {"parameters": [{}]},
            {"parameters": [{"remarks": [], "versions": [], "pace": 1}]},
            {"parameters": [{"remarks": [], "versions": [], "pace": {"step": "two"}}]},
            {"parameters": [{"remarks": [], "versions": [], "pace": {}, "bound": "long"}]},
        ],
    )
    def test_another_state_is_refused(self, state: dict[str, list[int]]) -> None:
        with pytest.raises(ConfigurationError):
            TGD([criticised()], engine=ScriptedEngine()).load_state_dict(state)  # type: ignore[arg-type]


class TestDraws:
    def test_several_proposals_are_asked_for_at_once_and_none_is_applied(self) -> None:
        all_asked = asyncio.Barrier(3)

        async def answer(request: Request) -> str:
            await asyncio.wait_for(all_asked.wait(), 5)
            return said(f"draw {request.sample[0]}")

        prompt = criticised("Be brief.", "One.", "Two.")
        engine = ScriptedEngine().on(answer)

        proposals = TGD([prompt], engine=engine).proposals(draws=3)

        assert [proposal.new for proposal in proposals] == ["draw 0", "draw 1", "draw 2"]
        assert prompt.value == "Be brief."
        assert {request.sample for request in engine.requests} == {(0, 0), (1, 0), (2, 0)}

    def test_their_requests_differ_in_what_they_show(self) -> None:
        prompt = criticised("Be brief.", "One.", "Two.", "Three.")

        proposals = TGD([prompt], engine=ScriptedEngine().on(said("x"))).proposals(draws=3)

        assert all(a.shown != b.shown for a, b in itertools.combinations(proposals, 2))

    async def test_hints_are_shown(self) -> None:
        engine = ScriptedEngine([said("x")])

        await TGD([criticised()], engine=engine).aproposals(hints=["Think in pictures."])

        assert "Advice that often helps:\n- Think in pictures.\n" in engine.asked()[0]

    def test_a_parameter_that_is_left_alone_is_reported_once(self) -> None:
        prompt = Variable("x", role_description="prompt")

        assert len(TGD([prompt], engine=ScriptedEngine()).proposals(draws=3)) == 1


class TestSettings:
    def test_the_backward_engine_is_used_by_default(self) -> None:
        prompt = criticised()
        optimizer = TGD([prompt])

        with use_engine(ScriptedEngine([said("Better.")])):
            optimizer.step()

        assert prompt.value == "Better."

    def test_arguments_stand_where_textgrad_has_them(self) -> None:
        engine = ScriptedEngine(["<a>Better.</a>"])
        prompt = criticised()

        TextualGradientDescent(
            [prompt], 0, engine, ["Be kind."], ["<a>", "</a>"], "System.", ["Good one."], 1
        ).step()

        assert prompt.value == "Better."
        for part in ("Be kind.", "System.", "<good_text>\nGood one.\n</good_text>"):
            assert part in engine.asked()[0]

    def test_sampling_and_the_metric_reach_the_request(self) -> None:
        engine = ScriptedEngine([said("x")])

        TGD(
            [criticised()],
            engine=engine,
            temperature=0.7,
            max_tokens=99,
            metric_description="Right is right.",
        ).step()

        assert (engine.requests[0].temperature, engine.requests[0].max_tokens) == (0.7, 99)
        assert "How results are scored: Right is right." in engine.asked()[0]

    def test_verbose_logs_the_outcome(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO, "textgrad_lite"):
            TGD([criticised(role="quiet one")], engine=ScriptedEngine([said("x")])).step()
            TGD([criticised(role="loud one")], verbose=1, engine=ScriptedEngine([said("x")])).step()

        assert [record.getMessage() for record in caplog.records if "one" in record.getMessage()] == [
            "loud one: changed"
        ]

    @pytest.mark.parametrize("tags", [["<a>"], ["<a>", "<a>"], ["", "x"], "ab"])
    def test_marks_that_cannot_work_are_refused(self, tags: list[str]) -> None:
        with pytest.raises(ConfigurationError, match="new_variable_tags"):
            TGD([criticised()], engine=ScriptedEngine(), new_variable_tags=tags)

    def test_numbers_that_cannot_work_are_refused(self) -> None:
        with pytest.raises(ConfigurationError, match="attempts is 0"):
            TGD([criticised()], engine=ScriptedEngine(), attempts=0)
        with pytest.raises(ConfigurationError, match="gradient_memory is -1"):
            TGD([criticised()], engine=ScriptedEngine(), gradient_memory=-1)
        with pytest.raises(ConfigurationError, match="momentum_window is -1"):
            TGD([criticised()], engine=ScriptedEngine(), momentum_window=-1)

    def test_parameters_that_cannot_work_are_refused(self) -> None:
        frozen = Variable("x", role_description="frozen", requires_grad=False)

        with pytest.raises(ConfigurationError, match="no parameters"):
            TGD([], engine=ScriptedEngine())
        with pytest.raises(ConfigurationError, match="'frozen' does not require a gradient"):
            TGD([frozen], engine=ScriptedEngine())
        with pytest.raises(ConfigurationError, match="is not a Variable"):
            TGD(["x"], engine=ScriptedEngine())  # type: ignore[list-item]

    def test_a_step_on_substitutes_leaves_the_parameters_alone(self) -> None:
        prompt = Variable("mine", role_description="prompt")
        optimizer = TGD([prompt], engine=ScriptedEngine([said("new")]))

        with substituted({prompt: "other"}):
            prompt.add_gradient(Gradient(text="Bad.", version=prompt.version))
            report = optimizer.step()
            assert prompt.value == "new"

        assert report.accepted[0].old == "other"
        assert prompt.value == "mine"


class TestSize:
    def test_a_prompt_does_not_grow_without_bound(self) -> None:
        """At each step four times longer than before, as a talkative model would have it."""
        prompt = Variable("Be brief.", role_description="system prompt")
        engine = ScriptedEngine().on(lambda _: said("x " * 4 * len(str(prompt.value))), purpose="optimizer")
        optimizer = TGD([prompt], engine=engine)
        for _ in range(8):
            prompt.add_gradient(Gradient(text="Say more.", version=prompt.version))
            report = optimizer.step()
            optimizer.zero_grad()
        assert len(str(prompt.value)) <= 4_000
        assert "at most 4000 are allowed" in report.rejected[0].reason

    def test_a_long_prompt_may_grow_to_four_times_its_first_length_also_after_a_restart(self) -> None:
        prompt = criticised("word " * 1_000, role="prompt")
        replies = [said("word " * 3_900), said("word " * 4_100), said("word " * 4_100)]
        first = TGD([prompt], engine=ScriptedEngine(replies))
        assert first.step().accepted
        second = TGD([prompt], engine=ScriptedEngine(replies[1:]))
        second.load_state_dict(json.loads(json.dumps(first.state_dict())))
        first.zero_grad()
        prompt.add_gradient(Gradient(text="Say more.", version=prompt.version))
        assert "at most 20000" in second.step().rejected[0].reason

    @pytest.mark.parametrize(
        "options, role",
        [
            ({}, "answer"),
            ({"safeguards": False}, "prompt"),
            ({"hard_constraints": [MaxLength(9_999)]}, "prompt"),
        ],
    )
    def test_other_texts_and_other_wishes_are_respected(self, options: dict[str, object], role: str) -> None:
        text = criticised("short", role=role)
        optimizer = TGD([text], engine=ScriptedEngine([said("long " * 1_500)]), **options)  # type: ignore[arg-type]
        assert optimizer.step().accepted

    def test_a_step_changes_no_more_than_the_schedule_allows(self) -> None:
        words = [f"word{number}" for number in range(10)]
        changed = [" ".join([*words[:n], *["new"] * (10 - n)]) for n in (4, 8)]
        text = criticised(" ".join(words), role="answer")
        engine = ScriptedEngine([said(changed[0]), said(changed[1])])
        schedule = "decaying:0.3:0.1:1"
        optimizer = TGD([text], engine=engine, edit_size=schedule)
        (proposal,) = optimizer.step().accepted
        assert (proposal.new, proposal.calls) == (changed[1], 2)
        assert "60% of the text was changed, at most 30% may be" in text_of(engine.requests[1])
        optimizer.zero_grad()
        text.add_gradient(Gradient(text="More.", version=text.version))
        engine.requests.clear()
        later = TGD(
            [text], engine=ScriptedEngine([said(" ".join(words))] * 2), edit_size="decaying:0.3:0.1:1"
        )
        later.load_state_dict(optimizer.state_dict())
        assert "at most 10% may be" in later.step().rejected[0].reason
