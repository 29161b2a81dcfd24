"""Tests of textgrad_lite.training.asking."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from textgrad_lite.errors import AuthenticationError, ServerError
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.optimizers.constraints import MaxLength
from textgrad_lite.optimizers.proposal import Proposal
from textgrad_lite.optimizers.sources import (
    Candidate,
    ProposalContext,
    ProposalSource,
    SourceResult,
    Trace,
    WorkedExampleSource,
)
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.training.asking import Asking, Inquiry, Terms
from textgrad_lite.training.bandit import SourceBandit
from textgrad_lite.training.events import CandidateProposed, Event, ProposalRejected
from textgrad_lite.training.pool import Member, Pool
from textgrad_lite.training.results import NO_RESULT

MODULE = PromptModel("start", ScriptedEngine(), examples=ExampleSlot())
START = Candidate(state={"prompt": "start", "examples": []}, source="original")


@dataclass
class Source:
    """Proposes texts from a list, by draw."""

    name: str
    texts: list[str]
    calls: int = 0
    contexts: list[ProposalContext] = field(default_factory=list)
    draws: list[int] = field(default_factory=list)

    def worst_case_calls(self, parameters: int = 1) -> int:
        return self.calls * parameters

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        self.contexts.append(context)
        self.draws.append(draw)
        if draw >= len(self.texts):
            return SourceResult()
        text = self.texts[draw]
        proposal = Proposal(
            parameter=MODULE.prompt,
            old="start",
            new=text,
            is_accepted=text != "bad",
            reason="it is bad",
            shown="?",
            calls=self.calls,
        )
        if text == "bad":
            return SourceResult(rejected=(proposal,))
        state = {**context.state, "prompt": text}
        return SourceResult((Candidate(state=state, source=self.name, proposals=(proposal,)),))


def make_asking(*sources: ProposalSource) -> tuple[Asking, list[Event]]:
    seen: list[Event] = []
    asking = Asking(
        module=MODULE,
        sources={source.name: source for source in sources},
        bandit=SourceBandit([source.name for source in sources]),
        pool=Pool(Member(START, NO_RESULT)),
        constraints=(),
        metric_description="It is scored.",
        seed=3,
        record=seen.append,
        step=lambda: 7,
    )
    return asking, seen


async def test_each_place_gets_a_candidate_in_the_order_of_the_sources() -> None:
    free, paid = Source("free", ["a", "b"]), Source("paid", ["c", "d"], calls=2)
    asking, seen = make_asking(free, paid)
    found = await asking.ask(Inquiry(START, ["free", "paid", "paid"]))
    assert [candidate.state["prompt"] for candidate in found] == ["a", "c", "d"]
    proposed = [event for event in seen if isinstance(event, CandidateProposed)]
    assert [(event.step, event.source) for event in proposed] == [(7, "free"), (7, "paid"), (7, "paid")]
    record = proposed[0].proposals[0]
    assert (record.parameter, record.new, record.shown) == ("prompt", "a", "?")
    assert asking.bandit.tallies["paid"].proposed == 2


async def test_sources_are_told_what_is_known_and_draws_are_numbered_by_parent() -> None:
    source = Source("s", ["a", "b", "c"], calls=1)
    asking, _ = make_asking(source)
    asking.traces.keep(START.id, [Trace("1", "i", "o", 1.0)])
    await asking.ask(Inquiry(START, ["s"]))
    await asking.ask(Inquiry(START, ["s"]))
    await asking.ask(Inquiry(Candidate(state={"prompt": "x", "examples": []}, source="s"), ["s"]))
    assert source.draws == [0, 1, 0]
    context = source.contexts[0]
    assert (context.metric_description, context.seed, context.start_state) == (
        "It is scored.",
        3,
        START.state,
    )
    assert [trace.example_id for trace in context.traces] == ["1"]


async def test_a_known_candidate_is_rejected_and_a_free_source_is_asked_on() -> None:
    paid, free = Source("paid", ["a", "a"], calls=1), Source("free", ["a", "a", "b"])
    asking, seen = make_asking(paid, free)
    first = await asking.ask(Inquiry(START, ["paid", "paid"]))
    assert [candidate.state["prompt"] for candidate in first] == ["a"]
    (rejected,) = [event for event in seen if isinstance(event, ProposalRejected)]
    assert rejected.proposal.reason == "this was proposed before"
    assert [c.state["prompt"] for c in await asking.ask(Inquiry(START, ["free"]))] == ["b"]
    assert asking.bandit.tallies["paid"].rejected == 1


async def test_a_free_source_that_repeats_itself_for_ever_is_given_up() -> None:
    source = Source("free", ["a"] * 1000)
    asking, _ = make_asking(source)
    assert len(await asking.ask(Inquiry(START, ["free", "free"]))) == 1
    assert len(source.draws) < 50


async def test_a_source_that_has_nothing_more_to_say() -> None:
    source = Source("free", ["a"])
    asking, _ = make_asking(source)
    assert len(await asking.ask(Inquiry(START, ["free"] * 3))) == 1
    assert await asking.ask(Inquiry(START, ["free"])) == []


async def test_rejected_proposals_are_taken_down_with_their_reason() -> None:
    asking, seen = make_asking(Source("free", ["bad", "a"]), Source("paid", ["bad"], calls=1))
    found = await asking.ask(Inquiry(START, ["free", "free", "paid"]))
    assert [candidate.state["prompt"] for candidate in found] == ["a"]
    rejected = [event for event in seen if isinstance(event, ProposalRejected)]
    assert [(e.source, e.proposal.new, e.proposal.reason) for e in rejected] == [
        ("free", "bad", "it is bad"),
        ("paid", "bad", "it is bad"),
    ]


@dataclass
class Failing(Source):
    """Fails at every call."""

    error: Exception = field(default_factory=Exception)

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        raise self.error


async def test_a_call_that_fails_costs_the_proposal_and_not_the_run() -> None:
    failing = Failing("failing", [], calls=1, error=ServerError("it is down"))
    asking, seen = make_asking(failing, Source("s", ["a"], calls=1))
    assert len(await asking.ask(Inquiry(START, ["failing", "s"]))) == 1
    (rejected,) = [event for event in seen if isinstance(event, ProposalRejected)]
    assert rejected.proposal.reason == "ServerError: it is down"


async def test_a_failure_that_every_call_would_meet_stops_the_run() -> None:
    asking, _ = make_asking(Failing("failing", [], calls=1, error=AuthenticationError("wrong key")))
    with pytest.raises(AuthenticationError):
        await asking.ask(Inquiry(START, ["failing"]))


async def test_worked_examples_are_made_of_the_states_own_successes() -> None:
    asking, _ = make_asking(Source("s", []), WorkedExampleSource())
    assert (asking.first_wave, asking.second_wave) == (["s"], ["worked examples"])
    assert (asking.calls_of("s"), asking.calls_of("worked examples")) == (0, 0)
    other = Candidate(state={"prompt": "other", "examples": []}, source="s")
    output = "one two three four five six\nAnswer: 8"
    asking.traces.keep(
        START.id, [Trace("1", "question one", output, 1.0), Trace("2", "question two", "x", 0.0)]
    )
    asking.traces.keep(
        other.id, [Trace("3", "question three", output, 1.0), Trace("1", "question one", "x", 0.0)]
    )
    (refined,) = await asking.refine([START], 1)
    assert shown(refined) == ["1"]
    silent = Candidate(state={"prompt": "silent", "examples": []}, source="s")
    (borrowed,) = await asking.refine([silent], 1)
    assert sorted(shown(borrowed)) == ["1", "3"]


async def test_a_trace_tells_whether_another_state_missed_its_example() -> None:
    source = Source("s", ["a"], calls=1)
    asking, _ = make_asking(source)
    asking.traces.keep(
        START.id, [Trace("1", "i", "o", 1.0), Trace("2", "i", "o", 1.0), Trace("3", "i", "o", 0.0)]
    )
    asking.traces.keep(
        "other", [Trace("1", "i", "x", 0.0), Trace("2", "i", "o", 1.0), Trace("3", "i", "x", 0.0)]
    )
    await asking.ask(Inquiry(START, ["s"]))
    assert [trace.was_missed for trace in source.contexts[0].traces] == [True, False, False]


def shown(candidate: Candidate) -> list[str]:
    examples = candidate.state["examples"]
    assert isinstance(examples, list)
    return [str(example["id"]) for example in examples if isinstance(example, dict)]


async def test_the_terms_of_a_step_hold_for_all_sources() -> None:
    source = Source("a", ["x"])
    asking, _ = make_asking(source)
    limit = MaxLength(characters=9)
    asking.terms = Terms(targets=("prompt",), limits=(limit,))
    await asking.ask(Inquiry(START, ["a"]))
    (context,) = source.contexts
    assert list(context.parameters) == ["prompt"]
    assert context.constraints == (limit,)


async def test_criticism_is_charged_once_to_those_that_read_it_and_rewrites_to_their_own() -> None:
    class Blind(Source):
        reads_criticism = False

    asking, _ = make_asking(
        Source("a", ["x", "bad"], calls=2), Source("b", ["y"], calls=1), Blind("c", ["z"])
    )
    asking.terms = Terms(criticism_calls=6)
    await asking.ask(Inquiry(START, ["a", "a", "b", "c"]))
    assert {name: tally.calls for name, tally in asking.bandit.tallies.items()} == {"a": 8, "b": 3, "c": 0}
    await asking.ask(Inquiry(START, ["b"]))
    assert asking.bandit.tallies["b"].calls == 3
