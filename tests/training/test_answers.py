"""Tests of textgrad_lite.training.answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from textgrad_lite.engines import Amount, Budget, Completion, Ledger, Message, Request, Usage
from textgrad_lite.training.answers import JournalAnswers, seconds_spent
from textgrad_lite.training.journal import Journal, read_journal
from textgrad_lite.training.lines import Answered, Closed, Line, Opened, Sent

REQUEST = Request(messages=(Message.of("user", "héllo"),), max_tokens=10, purpose="judge")
ANSWER = Completion(text="8", usage=Usage(input_tokens=3, output_tokens=2, cost_usd=0.5), model="m")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


async def test_an_answer_is_written_before_it_can_be_had(journal: Journal, tmp_path: Path) -> None:
    ledger = Ledger()
    answers = JournalAnswers(journal, ledger=ledger)
    assert answers.get("k") is None
    answers.sent("k", REQUEST, engine="e", most=Amount(1, 16, 0.25))
    await answers.put("k", ANSWER, REQUEST, engine="e")
    assert answers.get("k") == ANSWER
    sent, answered = read_journal(tmp_path / "journal.jsonl")
    assert isinstance(sent, Sent)
    assert (sent.key, sent.purpose, sent.engine, sent.tokens, sent.usd) == ("k", "judge", "e", 16, 0.25)
    assert isinstance(answered, Answered)
    assert answered.completion == ANSWER
    assert ledger.report() == []


async def test_without_a_journal_answers_are_kept_in_memory() -> None:
    answers = JournalAnswers(None, ledger=Ledger())
    answers.sent("k", REQUEST, engine="e", most=Amount(1, 16, 0.25))
    await answers.put("k", ANSWER, REQUEST, engine="e")
    assert answers.get("k") == ANSWER


def lines_of(*, is_cached: bool = False, attempts: int = 1) -> list[Line]:
    completion = ANSWER.model_copy(update={"is_cached": is_cached})
    return [
        *[Sent(key="k", purpose="judge", engine="e", tokens=16)] * attempts,
        Answered(key="k", purpose="judge", engine="e", completion=completion),
    ]


def test_an_earlier_answer_is_billed_once_at_its_first_use() -> None:
    budget, ledger = Budget(calls=10), Ledger()
    answers = JournalAnswers(None, lines_of(attempts=3), budget=budget, ledger=ledger)
    assert budget.spent.calls == 0
    assert answers.get("k") == answers.get("k") == ANSWER
    assert (budget.spent.calls, budget.spent.tokens, budget.spent.usd) == (3, 5, 0.5)
    (row,) = ledger.report()
    assert (row.purpose, row.engine, row.calls, row.hits) == ("judge", "e", 1, 0)


def test_an_answer_that_came_from_the_cache_costs_nothing_again() -> None:
    budget, ledger = Budget(calls=10), Ledger()
    JournalAnswers(None, lines_of(is_cached=True, attempts=0), budget=budget, ledger=ledger).get("k")
    assert budget.spent.calls == 0
    assert ledger.report()[0].hits == 1


def test_requests_that_were_lost_count_as_spent_at_their_worst_even_before_the_first_answer() -> None:
    budget = Budget(calls=10)
    lost = Sent(key="lost", purpose="forward", engine="e", tokens=40, usd=0.5)
    other = Sent(key="other", purpose="forward", engine="other", tokens=7, usd=0.25)
    answers = JournalAnswers(None, [lost, lost, other], budget=budget, ledger=Ledger())
    assert (budget.spent.calls, budget.spent.tokens, budget.spent.usd) == (3, 47, 0.75)
    assert answers.get("lost") is None


def test_what_a_lost_request_of_unknown_price_has_cost_is_unknown_and_not_nothing() -> None:
    budget = Budget(calls=10)
    lost = Sent(key="lost", purpose="forward", engine="e", tokens=40)
    JournalAnswers(None, [*lines_of(), lost], budget=budget, ledger=Ledger()).get("k")
    assert budget.spent.usd is None


def test_lost_requests_need_no_budget() -> None:
    lost = Sent(key="lost", purpose="forward", engine="e", tokens=40)
    assert JournalAnswers(None, [lost], ledger=Ledger()).get("lost") is None


def test_everything_can_be_billed_for_a_report() -> None:
    ledger = Ledger()
    JournalAnswers(None, lines_of(), ledger=ledger).bill_all()
    assert ledger.total().calls == 1


def test_seconds_are_those_in_which_a_process_worked() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)

    def at(line: type[Opened] | type[Closed], seconds: int) -> Line:
        time = start + timedelta(seconds=seconds)
        return Opened(version="1", time=time) if line is Opened else Closed(status="interrupted", time=time)

    lines = [at(Opened, 0), at(Closed, 10), at(Opened, 1000), at(Closed, 1005), at(Opened, 2000)]
    assert seconds_spent(lines) == 15
    assert seconds_spent([]) == 0
