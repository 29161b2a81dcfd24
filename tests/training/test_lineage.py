"""Tests of textgrad_lite.training.lineage: why each accepted change was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.doubles import make_model, make_score
from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.graph import Variable
from textgrad_lite.testing import SimulatedTask
from textgrad_lite.training import RunFolder, RunRecord, Trainer
from textgrad_lite.training.events import (
    BaselineScored,
    CandidateAccepted,
    CandidateProposed,
    CriticismGathered,
    Event,
    FailureRecord,
    Fingerprint,
    GradientRecord,
    ProposalRecord,
    RunStarted,
    State,
)
from textgrad_lite.training.lineage import Lineage, trace_lineage

START: State = {"prompt": "old\n", "style": "plain\n"}
NEW: State = {"prompt": "new\n", "style": "plain\n"}
SHOWN: State = {**NEW, "examples": [{"id": "3", "input": "a", "output": "b"}]}
FAILURE = FailureRecord(
    example_id="1", input="q", output="x", answer="x", kind="wrong", score=0.0, feedback="It should be y."
)


def gradient(parameter: str, text: str) -> GradientRecord:
    return GradientRecord(parameter=parameter, text=text, example_id="1", path=("LLMCall: answer",))


def proposed(candidate: str, parent: str, state: State, source: str, step: int) -> Event:
    record = ProposalRecord(parameter="prompt", new="new", shown=f"shown to {source}")
    return CandidateProposed(
        step=step,
        candidate=candidate,
        parents=(parent,),
        source=source,
        note="",
        state=state,
        proposals=(record,),
    )


def accepted(candidate: str, state: State, step: int) -> Event:
    return CandidateAccepted(
        step=step,
        candidate=candidate,
        source="gradients",
        before=make_score(0.2),
        after=make_score(0.6),
        state=state,
        text="",
    )


EVENTS: list[Event] = [
    RunStarted(
        fingerprint=Fingerprint(
            state=START,
            text="",
            data={},
            settings={},
            roles={"prompt": "what to do", "style": "how to say it"},
        )
    ),
    BaselineScored(candidate="start", score=make_score(0.2)),
    CriticismGathered(
        step=1,
        parent="start",
        score=make_score(0.1),
        failing=("1",),
        gradients=(gradient("prompt", "be right"), gradient("style", "be brief")),
        failures=(FAILURE,),
    ),
    proposed("dropped", "start", {**START, "prompt": "worse\n"}, "gradients", 1),
    proposed("new", "start", NEW, "gradients", 1),
    proposed("shown", "new", SHOWN, "worked-examples", 1),
    accepted("shown", SHOWN, 1),
]


def test_a_change_is_told_with_all_that_led_to_it() -> None:
    [change] = trace_lineage(EVENTS).changes
    assert (change.step, change.candidate, change.before, change.after) == (
        1,
        "shown",
        make_score(0.2),
        make_score(0.6),
    )
    assert [(link.candidate, link.source) for link in change.way] == [
        ("new", "gradients"),
        ("shown", "worked-examples"),
    ]
    first, second = change.way
    assert first.failures == (FAILURE,)
    assert first.score == make_score(0.1)
    assert [(g.parameter, g.path) for g in first.gradients] == [
        ("prompt", ("LLMCall: answer",)),
        ("style", ("LLMCall: answer",)),
    ]
    assert first.proposals[0].shown == "shown to gradients"
    assert "-old\n+new\n" in first.diff
    assert second.failures == ()
    assert '+  "output": "b"' in second.diff
    assert "old" not in second.diff
    assert "-old\n+new\n" in change.diff
    assert '"output": "b"' in change.diff


def test_one_parameter_is_told_apart_from_the_others() -> None:
    told = trace_lineage(EVENTS, "prompt")
    assert (told.parameter, told.parameters) == ("prompt", ("prompt", "style"))
    assert [g.text for g in told.changes[0].way[0].gradients] == ["be right"]
    assert "output" not in told.changes[0].diff
    assert trace_lineage(EVENTS, "style").changes == ()


def test_a_variable_is_found_by_its_role() -> None:
    variable = Variable("whatever", role_description="what to do")
    assert trace_lineage(EVENTS, variable) == trace_lineage(EVENTS, "prompt")
    with pytest.raises(ConfigurationError, match="0 parameters"):
        trace_lineage(EVENTS, Variable("x", role_description="something else"))


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'prompt'"):
        trace_lineage(EVENTS, "promt")


def test_the_second_change_begins_where_the_first_one_ended() -> None:
    later = {**SHOWN, "prompt": "newer\n"}
    events = [*EVENTS, proposed("later", "shown", later, "strategies", 2), accepted("later", later, 2)]
    _, change = trace_lineage(events).changes
    assert [link.candidate for link in change.way] == ["later"]
    assert "-new\n+newer\n" in change.diff


def test_a_way_through_states_that_were_never_the_best_is_told_whole() -> None:
    aside = {**START, "prompt": "aside\n"}
    merged = {**START, "prompt": "merged\n"}
    merge = CandidateProposed(
        step=3, candidate="merged", parents=("aside", "dropped"), source="merge", note="", state=merged
    )
    events = [
        *EVENTS,
        proposed("aside", "dropped", aside, "paraphrase", 2),
        merge,
        accepted("merged", merged, 3),
    ]
    change = trace_lineage(events).changes[-1]
    assert [link.candidate for link in change.way] == ["dropped", "aside", "merged"]


def test_a_run_that_has_not_begun_has_no_lineage() -> None:
    assert trace_lineage([]) == Lineage(parameter=None, parameters=(), changes=())


def test_a_real_run_explains_itself(tmp_path: Path) -> None:
    task = SimulatedTask(seed=1)
    splits = task.dataset(60).split(train=20, val=20, test=20, seed=0)
    model = make_model(task)
    with RunFolder.create(tmp_path) as run:
        Trainer(model, task.metric, engine=task.engine, steps=2, run=run).fit(splits.train, splits.val)
        while_open = run.explain("prompt")
    record = RunRecord.read(tmp_path)
    lineage = record.explain(model.prompt)
    assert lineage == while_open
    assert lineage.changes
    links = [link for change in lineage.changes for link in change.way]
    told = [failure.feedback for link in links for failure in link.failures]
    assert told
    assert all(told)
    assert any(gradient.path for link in links for gradient in link.gradients)
    assert any(proposal.shown for link in links for proposal in link.proposals)
    assert all(change.diff.startswith("--- a/prompt") for change in lineage.changes)
    assert Lineage.model_validate_json(lineage.model_dump_json()) == lineage


def test_calls_are_counted_up_to_each_decision(tmp_path: Path) -> None:
    task = SimulatedTask(seed=1)
    splits = task.dataset(30).split(train=10, val=10, test=10, seed=0)
    with RunFolder.create(tmp_path) as run:
        Trainer(make_model(task), task.metric, engine=task.engine, steps=1, run=run).fit(
            splits.train, splits.val, splits.test
        )
    record = RunRecord.read(tmp_path)
    counts = dict(zip([event.type for event in record.events], record.calls, strict=True))
    assert list(record.calls) == sorted(record.calls)
    assert (counts["run_started"], counts["baseline_scored"]) == (0, 10)
    assert record.result is not None
    assert counts["verdict_reached"] == sum(row.calls for row in record.result.spend)
