"""The answers of a run, kept in its journal, so that no call is ever paid twice.

A run is resumed by running its program again: what was answered before is answered from here, and billed at
its first use as it was then, so that every decision on what the budget still allows comes out the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from textgrad_lite.engines.budget import Amount, Budget
from textgrad_lite.engines.ledger import Ledger
from textgrad_lite.engines.types import Completion, Request, Usage
from textgrad_lite.training.journal import Journal
from textgrad_lite.training.lines import Answered, Line, Opened, Sent


class JournalAnswers:
    """An answer store (see :class:`textgrad_lite.engines.session.AnswerStore`) over a journal.

    Args:
        journal: Where answers are written; None keeps them in memory only.
        lines: What the journal held before. Requests that were sent and never answered are charged at once,
            at the most that they can have cost: whether the provider worked on them, nobody knows.
        budget: The run's limits.
        ledger: The run's accounts.
    """

    def __init__(
        self,
        journal: Journal | None,
        lines: Iterable[Line] = (),
        *,
        budget: Budget | None = None,
        ledger: Ledger,
    ) -> None:
        self._journal = journal
        self._budget = budget
        self._ledger = ledger
        self._answers: dict[str, Completion] = {}
        self._unbilled: dict[str, Answered] = {}
        self._attempts: Counter[str] = Counter()
        lost: dict[str, Sent] = {}
        for line in lines:
            if isinstance(line, Sent):
                self._attempts[line.key] += 1
                lost[line.key] = line
            elif isinstance(line, Answered):
                self._answers[line.key] = line.completion
                self._unbilled[line.key] = line
                lost.pop(line.key, None)
        for sent in lost.values():
            self._charge_lost(sent)

    def get(self, key: str) -> Completion | None:
        """The stored answer; one of an earlier process is billed at its first use."""
        earlier = self._unbilled.pop(key, None)
        if earlier is not None:
            self._bill(earlier)
        return self._answers.get(key)

    def sent(self, key: str, request: Request, *, engine: str, most: Amount) -> None:
        """Writes down that a request is about to be sent."""
        if self._journal is not None:
            purpose = request.purpose
            line = Sent(key=key, purpose=purpose, engine=engine, tokens=most.tokens, usd=most.usd)
            self._journal.append(line)

    async def put(self, key: str, completion: Completion, request: Request, *, engine: str) -> None:
        """Writes an answer down before it is used."""
        if self._journal is not None:
            line = Answered(key=key, purpose=request.purpose, engine=engine, completion=completion)
            self._journal.append(line)
        self._answers[key] = completion

    def bill_all(self) -> None:
        """Bills all answers of earlier processes, as if each had been used."""
        for key in list(self._unbilled):
            self.get(key)

    def _bill(self, line: Answered) -> None:
        usage, is_cached = line.completion.usage, line.completion.is_cached
        self._ledger.add(line.purpose, line.engine, usage, is_cached=is_cached)
        if self._budget is not None and not is_cached:
            self._budget.charge(usage, calls=max(1, self._attempts[line.key]))

    def _charge_lost(self, sent: Sent) -> None:
        if self._budget is not None:
            usage = Usage(input_tokens=sent.tokens, cost_usd=sent.usd)
            self._budget.charge(usage, calls=self._attempts[sent.key])


def seconds_spent(lines: Iterable[Line]) -> float:
    """How long the earlier processes of a run worked, from when each opened it to its last line."""
    total, opened, latest = 0.0, None, None
    for line in lines:
        if isinstance(line, Opened) and opened is not None and latest is not None:
            total += (latest - opened).total_seconds()
        opened = line.time if isinstance(line, Opened) else opened
        latest = line.time
    if opened is not None and latest is not None:
        total += (latest - opened).total_seconds()
    return total
