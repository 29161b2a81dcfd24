"""Lineage: why each accepted change was made, told from the decisions in a journal.

For a change it is known which examples failed, what the losses said of them, which criticism reached the
parameter through which nodes of the graph, what the optimizer was shown, and which lines it changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from textgrad_lite.errors import ConfigurationError, UnknownNameError
from textgrad_lite.graph import Variable
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
from textgrad_lite.training.files import make_diff
from textgrad_lite.training.scores import Score


class Link(BaseModel):
    """One proposal on the way to an accepted state.

    Attributes:
        step: The step in which it was made.
        candidate: Id of the state that was proposed.
        parents: Ids of the states that it was made from.
        source: Who proposed it.
        note: What the source said of it.
        score: The first parent's score on the minibatch that was criticised, or None where none was.
        failures: Examples of the minibatch that failed, with what the loss said.
        gradients: Criticism that reached the parameter, each with the way that it took.
        proposals: What the optimizer was shown, and what it wrote.
        diff: The lines that changed from the first parent, as a unified diff.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    candidate: str
    parents: tuple[str, ...]
    source: str
    note: str
    score: Score | None
    failures: tuple[FailureRecord, ...]
    gradients: tuple[GradientRecord, ...]
    proposals: tuple[ProposalRecord, ...]
    diff: str


class Change(BaseModel):
    """One accepted change.

    Attributes:
        step: The step in which it was accepted.
        candidate: Id of the new best state.
        source: The source that gets the credit.
        before: The best state until then, on validation.
        after: The new one.
        diff: The lines that changed between these two.
        way: The proposals that led from known best states to this one, oldest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    candidate: str
    source: str
    before: Score
    after: Score
    diff: str
    way: tuple[Link, ...]


class Lineage(BaseModel):
    """All accepted changes of a run.

    Attributes:
        parameter: The parameter that this is about, or None for all.
        parameters: Names of all that a run may change.
        changes: Those that touch the parameter, in order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameter: str | None
    parameters: tuple[str, ...]
    changes: tuple[Change, ...]


def trace_lineage(events: Sequence[Event], variable: Variable | str | None = None) -> Lineage:
    """Tells the lineage of a run.

    Args:
        events: Its decisions, in order.
        variable: The parameter, as itself or by its name; None tells of all.

    Raises:
        UnknownNameError: If the run has no parameter of that name.
        ConfigurationError: If a Variable cannot be told from the others by its role.
    """
    started = next((event for event in events if isinstance(event, RunStarted)), None)
    if started is None:
        return Lineage(parameter=None, parameters=(), changes=())
    name = _find_name(variable, started.fingerprint)
    return Lineage(
        parameter=name,
        parameters=tuple(started.fingerprint.state),
        changes=tuple(_Tracing(events, started.fingerprint.state, name).changes()),
    )


class _Tracing:
    """Goes back from accepted states to where they came from."""

    def __init__(self, events: Sequence[Event], start: State, parameter: str | None) -> None:
        self._events = events
        self._start = start
        self._parameter = parameter
        self._states: dict[str, State] = {}
        self._proposed: dict[str, CandidateProposed] = {}
        self._criticised: dict[tuple[int, str], CriticismGathered] = {}
        self._best: set[str] = set()

    def changes(self) -> Iterable[Change]:
        best = self._start
        for event in self._events:
            match event:
                case BaselineScored():
                    self._states[event.candidate] = self._start
                    self._best.add(event.candidate)
                case CandidateProposed():
                    self._states[event.candidate] = event.state
                    self._proposed.setdefault(event.candidate, event)
                case CriticismGathered():
                    self._criticised[event.step, event.parent] = event
                case CandidateAccepted():
                    diff = self._diff(best, event.state)
                    if diff:
                        yield self._change(event, diff)
                    best = event.state
                    self._best.add(event.candidate)

    def _change(self, event: CandidateAccepted, diff: str) -> Change:
        return Change(
            step=event.step,
            candidate=event.candidate,
            source=event.source,
            before=event.before,
            after=event.after,
            diff=diff,
            way=tuple(self._link(proposed) for proposed in self._way(event.candidate)),
        )

    def _way(self, candidate: str) -> list[CandidateProposed]:
        """The proposals between known best states and this one, oldest first, each once."""
        found: set[str] = set()
        waiting = [candidate]
        while waiting:
            name = waiting.pop()
            proposed = self._proposed.get(name)
            if proposed is None or name in found or name in self._best:
                continue
            found.add(name)
            waiting.extend(proposed.parents)
        return [proposed for name, proposed in self._proposed.items() if name in found]

    def _link(self, proposed: CandidateProposed) -> Link:
        heard = [
            criticism
            for parent in proposed.parents
            if (criticism := self._criticised.get((proposed.step, parent))) is not None
        ]
        first = self._states.get(proposed.parents[0], {}) if proposed.parents else {}
        return Link(
            step=proposed.step,
            candidate=proposed.candidate,
            parents=proposed.parents,
            source=proposed.source,
            note=proposed.note,
            score=heard[0].score if heard else None,
            failures=tuple(failure for criticism in heard for failure in criticism.failures),
            gradients=tuple(g for criticism in heard for g in criticism.gradients if self._is_asked(g)),
            proposals=tuple(p for p in proposed.proposals if self._is_asked(p)),
            diff=self._diff(first, proposed.state),
        )

    def _is_asked(self, record: GradientRecord | ProposalRecord) -> bool:
        return self._parameter is None or record.parameter == self._parameter

    def _diff(self, before: State, after: State) -> str:
        names = list(dict.fromkeys([*before, *after])) if self._parameter is None else [self._parameter]
        return "".join(make_diff(text_of(before, name), text_of(after, name), name) for name in names)


def text_of(state: Mapping[str, Any], name: str) -> str:
    """A value as lines; worked examples as one line for each of their fields."""
    value = state.get(name, "")
    return value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _find_name(variable: Variable | str | None, origin: Fingerprint) -> str | None:
    if variable is None:
        return None
    if isinstance(variable, str):
        if variable not in origin.state:
            raise UnknownNameError("parameter", variable, origin.state)
        return variable
    found = [name for name, role in origin.roles.items() if role == variable.role_description]
    if len(found) != 1:
        raise ConfigurationError(
            f"{len(found)} parameters of the run have the role {variable.role_description!r}",
            hint=f"Give the name instead: {', '.join(origin.state)}.",
        )
    return found[0]
