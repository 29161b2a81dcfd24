"""What happens in a run, as typed events.

Decision events are the run: they are written to the journal in the order of the program, hold no time and
no cost, and are the same when the run is resumed or repeated. Progress events are for whoever watches, and
are written nowhere.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from textgrad_lite.data import Example
from textgrad_lite.engines.types import Purpose
from textgrad_lite.training.headroom import Headroom
from textgrad_lite.training.results import ExampleResult
from textgrad_lite.training.scores import Score
from textgrad_lite.training.verdict import Verdict

StopReason = Literal[
    "steps", "budget", "time", "patience", "no_improvement", "target", "perfect", "requested"
]
Json = Any
State = dict[str, Json]


class Event(BaseModel):
    """One thing that happened in a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_decision: ClassVar[bool] = True
    type: str


class Fingerprint(BaseModel):
    """All that a run's decisions follow from; a run is resumed only where it is unchanged.

    Attributes:
        state: What the module held at the start.
        text: The same as the prompt file shows it.
        data: Per split, the number of examples and a digest of them.
        settings: Metric, engines, strategy, sources, seed and so on, by name.
        roles: What each parameter is in the program, by name; nothing follows from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State
    text: str
    data: dict[str, str]
    settings: dict[str, str]
    roles: dict[str, str] = {}


class FailureRecord(BaseModel):
    """A training example that a state got wrong, and what the loss said of it.

    Attributes:
        example_id: Its id.
        input: What the model was asked.
        output: What it replied.
        answer: What was taken as the answer.
        kind: As in :class:`textgrad_lite.training.results.ExampleResult`.
        score: From 0 to 1.
        feedback: What the loss said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    example_id: str
    input: str
    output: str
    answer: str | None
    kind: str
    score: float | None
    feedback: str

    @classmethod
    def of(cls, example: Example, result: ExampleResult) -> FailureRecord:
        """The record of one example with what became of it."""
        return cls(input=example.input, **result.model_dump(exclude={"draw"}))


class GradientRecord(BaseModel):
    """One criticism that reached a parameter, and the way it took.

    Attributes:
        parameter: Name of the parameter.
        text: What was said of it.
        example_id: The example that the criticism comes from.
        path: Functions with the roles of their outputs, from the parameter to the loss.
        is_keep: Whether it asks to keep the text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameter: str
    text: str
    example_id: str | None = None
    path: tuple[str, ...] = ()
    is_keep: bool = False


class ProposalRecord(BaseModel):
    """What an optimizer was shown and what it proposed for one parameter.

    Attributes:
        parameter: Name of the parameter.
        new: The text proposed, or None.
        reason: Why it was not accepted, or an empty text.
        shown: The request as the model got it, or an empty text where none was asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameter: str
    new: str | None = None
    reason: str = ""
    shown: str = ""


class SourceTally(BaseModel):
    """What one source of proposals has brought so far.

    Attributes:
        proposed: Candidates that it proposed.
        rejected: Proposals of its that broke a constraint or could not be read.
        screened: Candidates that were better than their parent on the minibatch.
        accepted: Candidates that became the best.
        gain: Sum of the gains on validation that they brought.
        calls: Questions to critic and optimizer that its proposals took, answers from a cache included. What
            was criticised for several of them is shared among them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    proposed: int = 0
    rejected: int = 0
    screened: int = 0
    accepted: int = 0
    gain: float = 0.0
    calls: float = 0.0


class ParameterTally(BaseModel):
    """What one parameter has to do with what a run has found: the credit that is its.

    Attributes:
        criticised: Criticisms that reached it, those that ask to keep it left out.
        changed: Candidates that changed it.
        accepted: Those of them that became the best.
        gain: Sum of their gains on validation; where a candidate changed several parameters, an equal part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    criticised: int = 0
    changed: int = 0
    accepted: int = 0
    gain: float = 0.0


class RunStarted(Event):
    """The run begins, from this prompt, with this data."""

    type: Literal["run_started"] = "run_started"
    fingerprint: Fingerprint


class BaselineScored(Event):
    """The start prompt was scored on the validation set."""

    type: Literal["baseline_scored"] = "baseline_scored"
    candidate: str
    score: Score


class HeadroomMeasured(Event):
    """Some examples were drawn again, to see whether there is anything to gain."""

    type: Literal["headroom_measured"] = "headroom_measured"
    headroom: Headroom


class StepStarted(Event):
    """A step begins: these parents are run on this minibatch; the plan is the strategy's own."""

    type: Literal["step_started"] = "step_started"
    step: int
    parents: tuple[str, ...]
    batch: tuple[str, ...]
    plan: dict[str, Json]


class CriticismGathered(Event):
    """A backward pass is done.

    Attributes:
        step: The step.
        parent: The candidate that was criticised.
        score: Its score on the minibatch.
        failing: Ids of the examples that it got wrong.
        gradients: What reached the parameters.
        failures: What became of the failing examples, and what the loss said.
        edit_size: The largest share of its words that a text may change in this step, or None for no limit.
    """

    type: Literal["criticism_gathered"] = "criticism_gathered"
    step: int
    parent: str
    score: Score
    failing: tuple[str, ...]
    gradients: tuple[GradientRecord, ...]
    failures: tuple[FailureRecord, ...] = ()
    edit_size: float | None = None


class CandidateProposed(Event):
    """A source proposed a candidate that passed all constraints."""

    type: Literal["candidate_proposed"] = "candidate_proposed"
    step: int
    candidate: str
    parents: tuple[str, ...]
    source: str
    note: str
    state: State
    proposals: tuple[ProposalRecord, ...] = ()


class ProposalRejected(Event):
    """A proposal broke a constraint, could not be read, or repeats a candidate that is known."""

    type: Literal["proposal_rejected"] = "proposal_rejected"
    step: int
    source: str
    proposal: ProposalRecord


class CandidateScreened(Event):
    """A candidate was compared at one stage of a step, and kept or dropped."""

    type: Literal["candidate_screened"] = "candidate_screened"
    step: int
    candidate: str
    stage: str
    score: Score
    rival: float | None
    is_kept: bool
    reason: str


class CandidateAccepted(Event):
    """A candidate passed the gate and is the best from now on.

    Attributes:
        before: The best state until now, on the examples that both were scored on.
        after: The candidate on the same examples.
        start: The original on them.
    """

    type: Literal["candidate_accepted"] = "candidate_accepted"
    step: int
    candidate: str
    source: str
    before: Score
    after: Score
    start: Score | None = None
    state: State
    text: str


class StepFinished(Event):
    """A step is over."""

    type: Literal["step_finished"] = "step_finished"
    step: int
    best: str
    score: Score
    sources: dict[str, SourceTally]
    parameters: dict[str, ParameterTally] = Field(default_factory=dict)


class SearchStopped(Event):
    """The search is over; the tallies are those of :class:`StepFinished`, with a step that was broken off."""

    type: Literal["search_stopped"] = "search_stopped"
    reason: StopReason
    steps: int
    sources: dict[str, SourceTally] = Field(default_factory=dict)
    parameters: dict[str, ParameterTally] = Field(default_factory=dict)


class TestScored(Event):
    """The test set was scored, which happens once before and once after.

    Attributes:
        which: Whether it is the original or the best candidate.
        score: The mean.
        scores: The score of each example by its id, for comparisons with other runs.
    """

    __test__: ClassVar[bool] = False

    type: Literal["test_scored"] = "test_scored"
    which: Literal["before", "after"]
    score: Score
    scores: dict[str, float] = {}


class VerdictReached(Event):
    """The run is finished."""

    type: Literal["verdict_reached"] = "verdict_reached"
    verdict: Verdict


Decision = Annotated[
    RunStarted
    | BaselineScored
    | HeadroomMeasured
    | StepStarted
    | CriticismGathered
    | CandidateProposed
    | ProposalRejected
    | CandidateScreened
    | CandidateAccepted
    | StepFinished
    | SearchStopped
    | TestScored
    | VerdictReached,
    Field(discriminator="type"),
]


class Note(Event):
    """What is being done now and why, in one line."""

    is_decision: ClassVar[bool] = False
    type: Literal["note"] = "note"
    text: str


class EvaluationStarted(Event):
    """Examples are about to be run."""

    is_decision: ClassVar[bool] = False
    type: Literal["evaluation_started"] = "evaluation_started"
    label: str
    total: int


class EvaluationProgress(Event):
    """One more example is done."""

    is_decision: ClassVar[bool] = False
    type: Literal["evaluation_progress"] = "evaluation_progress"
    label: str
    done: int
    total: int
    errors: int


class CallMade(Event):
    """A model was asked, or an answer came from a cache or from the journal."""

    is_decision: ClassVar[bool] = False
    type: Literal["call_made"] = "call_made"
    kind: Literal["call", "hit", "replay", "failure", "pause"]
    engine: str
    purpose: Purpose
    message: str = ""
    seconds: float = 0.0
