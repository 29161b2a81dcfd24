"""What a source of proposals is told, and what it gives back.

A search draws candidates from several sources, so that it does not depend on one weak model. Every source is
deterministic: the same context, draw and answers of the model give the same candidates.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from pydantic import JsonValue

from textgrad_lite.functions import Module
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.optimizers.constraints import Constraint
from textgrad_lite.optimizers.proposal import Proposal
from textgrad_lite.prompts.composition import answer_line

State: TypeAlias = Mapping[str, JsonValue]
"""What ``Module.state_dict`` gives: texts and numbers by parameter, lists of worked examples by slot."""


@dataclass(frozen=True)
class Trace:
    """What the module made of one training example.

    Attributes:
        example_id: Id of the example.
        input: What was asked.
        output: The whole reply.
        score: Its score between 0 and 1.
        feedback: What the metric said.
        was_missed: Another state or draw got the item wrong, so that its solution shows what was missing.
    """

    example_id: str
    input: str
    output: str
    score: float
    feedback: str = ""
    was_missed: bool = False


@dataclass(frozen=True)
class ProposalContext:
    """All that a source may use. Validation and test examples are no part of it.

    Attributes:
        module: The module that is being improved. Its present values do not matter, ``state`` does.
        state: The state to set out from.
        gradients: What was said about that state, by name of the parameter.
        traces: What the module made of training examples in that state, or in one like it.
        missed: What states made of the training examples that they got wrong most often, those first.
        history: Earlier states with their scores, in the order in which they were tried.
        mates: Other states to combine this one with.
        metric_description: How results are scored, as a sentence.
        constraints: What every text has to fulfil, whoever wrote it.
        seed: Seed of every choice.
        start_state: The state in which the search began; default: ``state``.
        targets: Names of the parameters that may be changed now; default: all.
    """

    module: Module
    state: State
    gradients: Mapping[str, tuple[Gradient, ...]] = field(default_factory=dict)
    traces: tuple[Trace, ...] = ()
    missed: tuple[Trace, ...] = ()
    history: tuple[tuple[State, float], ...] = ()
    mates: tuple[State, ...] = ()
    metric_description: str = ""
    constraints: tuple[Constraint, ...] = ()
    seed: int = 0
    start_state: State | None = None
    targets: tuple[str, ...] | None = None

    @property
    def parameters(self) -> dict[str, Variable]:
        """The parameters that may be changed now, by name."""
        named = self.module.named_parameters().items()
        return {name: variable for name, variable in named if self.targets is None or name in self.targets}

    @property
    def answer_line(self) -> str:
        """How the answer has to end so that the metric finds it, as a sentence for the prompt, or nothing.

        Of several parameters nobody knows which one gives the answer, so then there is none.
        """
        return answer_line(self.metric_description) if len(self.module.named_parameters()) == 1 else ""

    def random(self, *purpose: object) -> random.Random:
        """A generator of its own for one purpose; the same on every machine and in every process."""
        return random.Random(":".join(map(str, (self.seed, *purpose))))  # noqa: S311 - nothing secret is drawn


@dataclass(frozen=True)
class Candidate:
    """A state that might be better.

    Attributes:
        state: The whole state.
        source: Name of the source.
        parents: Ids of the states that it was made from.
        note: What was done, in a few words.
        proposals: The changed texts with what the model was shown for them.
    """

    state: State
    source: str
    parents: tuple[str, ...] = ()
    note: str = ""
    proposals: tuple[Proposal, ...] = ()

    @property
    def id(self) -> str:
        """Id of the state: equal states have equal ids, in every process."""
        return state_id(self.state)


@dataclass(frozen=True)
class SourceResult:
    """What a source came up with.

    Attributes:
        candidates: New states; never the one that the source set out from.
        rejected: Texts that failed a check, with the reason.
    """

    candidates: tuple[Candidate, ...] = ()
    rejected: tuple[Proposal, ...] = ()


class ProposalSource(Protocol):
    """Something that proposes new states.

    A source that makes no use of criticism may say so by a class attribute ``reads_criticism = False``; where
    no source of a step does, none is bought. One that builds on another's candidate rather than on what was
    said about its parent says so by ``refines = True``, and is asked after the others.
    """

    name: str

    async def propose(self, context: ProposalContext, draw: int) -> SourceResult:
        """Propose new states.

        Args:
            context: What is known.
            draw: Number of this proposal among those made from the same context; another draw, another idea.

        Raises:
            EngineError: A model could not be asked.
            BudgetExceededError: The budget does not allow a call.
        """
        ...

    def worst_case_calls(self, parameters: int = 1) -> int:
        """The most calls to a model that one ``propose`` can make for so many criticised parameters."""
        ...


def reads_criticism(source: ProposalSource) -> bool:
    """Whether a source makes use of criticism; it does unless it says otherwise."""
    return bool(getattr(source, "reads_criticism", True))


def refines(source: ProposalSource) -> bool:
    """Whether a source builds on another's candidate; it does not unless it says so."""
    return bool(getattr(source, "refines", False))


def state_id(state: State) -> str:
    """Name a state by its content, as twelve hexadecimal digits."""
    canonical = json.dumps(state, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", errors="surrogatepass")).hexdigest()[:12]


def candidates_from(context: ProposalContext, candidate: Candidate) -> tuple[Candidate, ...]:
    """The candidate, unless it is the state that the source set out from."""
    return () if candidate.id == state_id(context.state) else (candidate,)
