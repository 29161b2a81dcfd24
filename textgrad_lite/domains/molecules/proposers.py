"""Who proposes molecules: a model that reads the criticism, or chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from textgrad_lite.domains.molecules.constraints import IsMolecule, IsUntried
from textgrad_lite.domains.molecules.edits import random_edit
from textgrad_lite.domains.molecules.loss import ROLE, MoleculeLoss
from textgrad_lite.domains.molecules.search import Proposer
from textgrad_lite.domains.molecules.trajectory import Trial
from textgrad_lite.engines import Engine, as_engine
from textgrad_lite.graph import Variable
from textgrad_lite.optimizers import TGD

_MOST_SHOWN = 8
"""How many molecules of the history are shown, the best of it."""

_MOST_REFUSED = 4
_MOST_EDITS = 100


class TextualProposer(Proposer):
    """Textual gradient descent on the SMILES string.

    The loss criticises the best molecule so far, and the optimizer rewrites it; what was tried before, with
    its scores, and what was refused stand beside the criticism.

    Args:
        loss: Criticises a molecule.
        engine: The optimizer's model, or its name; with a critic in the loss, its backward engine too.
        attempts: How often one molecule is asked for at most.
        **sampling: Further fields of the request, such as ``temperature``.

    Attributes:
        calls: How often the optimizer's model was asked so far.
        refused: How many proposals broke a constraint, or could not be read, to the end.
    """

    def __init__(
        self, loss: MoleculeLoss, engine: Engine | str | object, *, attempts: int = 3, **sampling: Any
    ) -> None:
        self.calls = 0
        self.refused = 0
        self._loss = loss
        self._engine = as_engine(engine)
        self._tried: set[str] = set()
        self._refusals: list[str] = []
        self._molecule = Variable("C", role_description=ROLE)
        self._optimizer = TGD(
            [self._molecule],
            engine=self._engine,
            hard_constraints=[IsMolecule(), IsUntried(self._tried)],
            metric_description=f"{loss.metric.description} Change one or two groups at a time.",
            attempts=attempts,
            **sampling,
        )

    async def propose(self, parent: Trial, trials: Sequence[Trial], count: int) -> list[str]:
        """Criticise the parent, and ask for so many rewrites of it at once."""
        self._tried.update(trial.smiles for trial in trials)
        self._molecule.set_value(parent.smiles)
        self._optimizer.zero_grad()
        await self._loss(self._molecule).abackward(self._engine)
        proposals = await self._optimizer.aproposals(draws=count, hints=self._history(parent, trials))
        self.calls += sum(proposal.calls for proposal in proposals)
        refusals = [proposal.reason for proposal in proposals if not proposal.is_accepted]
        self.refused += len(refusals)
        self._refusals = [*self._refusals, *refusals][-_MOST_REFUSED:]
        return [proposal.new for proposal in proposals if proposal.is_accepted and proposal.new is not None]

    def _history(self, parent: Trial, trials: Sequence[Trial]) -> list[str]:
        others = sorted(
            (trial for trial in trials if trial.number != parent.number), key=lambda trial: trial.score
        )
        tried = [
            f"{trial.smiles} was tried before: {self._scores(trial)}." for trial in others[-_MOST_SHOWN:]
        ]
        return [*tried, *(f"A proposal was refused: {reason}" for reason in self._refusals)]

    def _scores(self, trial: Trial) -> str:
        values = ", ".join(
            f"{each.name} {each.shown(trial.values[each.name])}" for each in self._loss.metric.objectives
        )
        return f"score {trial.score:.3f} ({values})"


class RandomProposer(Proposer):
    """Random valid edits of the best molecule so far: what a criticism has to beat.

    Args:
        seed: Decides the edits.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a search, not a secret

    async def propose(self, parent: Trial, trials: Sequence[Trial], count: int) -> list[str]:
        """Edit the parent, or what came of it, until so many new molecules are found."""
        tried = {trial.smiles for trial in trials}
        found: dict[str, None] = {}
        for _ in range(_MOST_EDITS):
            made = random_edit(parent.smiles, self._random)
            if made is not None and made not in tried:
                found[made] = None
            if len(found) == count:
                break
        return list(found)
