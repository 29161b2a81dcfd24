"""The story of a run for readers: each step with its candidates, and why each was kept or dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from textgrad_lite.training import RunRecord, events
from textgrad_lite.training.events import (
    CandidateProposed,
    CandidateScreened,
    CriticismGathered,
    FailureRecord,
    GradientRecord,
    ProposalRecord,
    State,
)
from textgrad_lite.training.files import make_diff
from textgrad_lite.training.lineage import text_of
from textgrad_lite.training.scores import Score


@dataclass(frozen=True)
class Rejection:
    """A proposal that never became a candidate.

    Attributes:
        source: Who made it.
        reason: Why it was refused.
        text: What was proposed, or an empty text.
    """

    source: str
    reason: str
    text: str


@dataclass
class CandidateStory:
    """One candidate.

    Attributes:
        id: Its id.
        source: Who proposed it.
        note: What the source said of it.
        parents: Ids of the states that it was made from.
        diff: The lines in which it differs from the first parent.
        proposals: What the optimizer was shown, and what it wrote.
        stages: The comparisons that it went through.
        accepted: Its scores before and after, if it became the best state.
    """

    id: str
    source: str
    note: str
    parents: tuple[str, ...]
    diff: str
    proposals: tuple[ProposalRecord, ...]
    stages: list[CandidateScreened] = field(default_factory=list)
    accepted: tuple[Score, Score] | None = None

    @property
    def fate(self) -> str:
        """What became of it, in a few words."""
        if self.accepted is not None:
            before, after = self.accepted
            return f"new best: {before.value:.0%} → {after.value:.0%} on validation"
        if not self.stages:
            return "not scored"
        last = self.stages[-1]
        reason = f": {last.reason}" if last.reason else ""
        return f"went on after {last.stage}" if last.is_kept else f"dropped at {last.stage}{reason}"


@dataclass
class StepStory:
    """One step.

    Attributes:
        number: Its number, from 1.
        batch: How many training examples it ran on.
        score: The first parent's score on them, or None.
        failures: What failed, with what the loss said.
        gradients: The criticism that was gathered.
        candidates: What was proposed.
        rejections: What was refused at once.
        best: The best state's score on validation at the end, or None where the step was broken off.
    """

    number: int
    batch: int
    score: Score | None = None
    failures: list[FailureRecord] = field(default_factory=list)
    gradients: list[GradientRecord] = field(default_factory=list)
    candidates: list[CandidateStory] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    best: Score | None = None

    @property
    def is_gain(self) -> bool:
        """Whether a candidate became the best state."""
        return any(candidate.accepted for candidate in self.candidates)


def tell_steps(record: RunRecord) -> list[StepStory]:
    """Returns the steps of a run in order."""
    steps: list[StepStory] = []
    states: dict[str, State] = {}
    start: State = {}
    for event in record.events:
        match event:
            case events.RunStarted():
                start = event.fingerprint.state
            case events.BaselineScored():
                states[event.candidate] = start
            case events.StepStarted():
                steps.append(StepStory(event.step, len(event.batch)))
            case events.CandidateProposed():
                states[event.candidate] = event.state
                steps[-1].candidates.append(_tell_candidate(event, states))
            case _ if steps:
                _add(steps[-1], event)
    return steps


def _add(step: StepStory, event: events.Event) -> None:
    match event:
        case CriticismGathered():
            step.score = step.score or event.score
            step.failures += event.failures
            step.gradients += event.gradients
        case events.ProposalRejected():
            step.rejections.append(Rejection(event.source, event.proposal.reason, event.proposal.new or ""))
        case CandidateScreened():
            for candidate in _named(step.candidates, event.candidate):
                candidate.stages.append(event)
        case events.CandidateAccepted():
            for candidate in _named(step.candidates, event.candidate):
                candidate.accepted = (event.before, event.after)
        case events.StepFinished():
            step.best = event.score


def _named(candidates: Sequence[CandidateStory], name: str) -> Iterator[CandidateStory]:
    return (candidate for candidate in candidates if candidate.id == name)


def _tell_candidate(event: CandidateProposed, states: Mapping[str, State]) -> CandidateStory:
    parent = states.get(event.parents[0], {}) if event.parents else {}
    names = dict.fromkeys([*parent, *event.state])
    diff = "".join(make_diff(text_of(parent, name), text_of(event.state, name), name) for name in names)
    return CandidateStory(event.candidate, event.source, event.note, event.parents, diff, event.proposals)
