"""The page of a run: complete, self-contained, and harmless whatever a model wrote."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser
from pathlib import Path

import pytest

from textgrad_lite.engines import Ledger
from textgrad_lite.report import Figure, render_report, write_report
from textgrad_lite.training import RunFolder, RunRecord, events
from textgrad_lite.training.events import FailureRecord, GradientRecord, ProposalRecord
from textgrad_lite.training.fit_result import make_result

VOID = {"meta", "br", "img", "link", "input", "hr"}
EVIL = "</pre></details><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}{% raw %}"


class Page(HTMLParser):
    """Reads a page; tags must be closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data


def with_events(record: RunRecord, *more: events.Event) -> RunRecord:
    made = (*record.events, *more)
    return dataclasses.replace(
        record,
        events=made,
        calls=(*record.calls, *[record.calls[-1]] * len(more)),
        result=make_result(made, Ledger()),
    )


def test_the_verdict_stands_first_and_everything_is_told(record: RunRecord) -> None:
    page = Page(render_report(record))
    assert record.result is not None
    assert record.result.verdict is not None
    order = [
        record.result.verdict.sentence,
        "test set, before",
        "calls paid for",
        "Headroom, before the search:",
        "Score against calls",
        "What changed",
        "Step 1",
        "What failed, and what the loss said",
        "Criticism",
        "what became of it",
        "The candidates' texts, and what the optimizer was shown",
        "What each source earned",
        "What was spent",
        "What the run was asked to do",
    ]
    places = [page.text.find(part) for part in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert page.tags.count("svg") == 1


def test_what_sources_took_and_what_parameters_earned_is_told(record: RunRecord) -> None:
    assert record.result is not None
    page = Page(render_report(record))
    assert "gain per question" in page.text
    assert "free" in page.text
    assert "What each parameter earned" not in page.text
    tallies = {name: events.ParameterTally(changed=4, accepted=1, gain=0.25) for name in ("first", "second")}
    several = dataclasses.replace(record, result=record.result.model_copy(update={"parameters": tallies}))
    text = " ".join(Page(render_report(several)).text.split())
    assert "What each parameter earned" in text
    assert "+25.0 points" in text


def test_nothing_is_loaded_and_no_script_runs(record: RunRecord) -> None:
    html = render_report(record)
    page = Page(html)
    assert "script" not in page.tags
    policy = next(value for _, name, value in page.attributes if name == "content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert [
        value
        for _, name, value in page.attributes
        if name in ("src", "href") and not value.startswith("data:")
    ] == []
    assert not any(name.startswith("on") for _, name, _ in page.attributes)
    assert "url(" not in html
    assert "@import" not in html


def test_light_dark_and_paper_are_provided_for(record: RunRecord) -> None:
    html = render_report(record)
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_what_models_and_data_say_stays_text(record: RunRecord) -> None:
    failure = FailureRecord(
        example_id=EVIL, input=EVIL, output=EVIL, answer=EVIL, kind="wrong", score=0.0, feedback=EVIL
    )
    gradient = GradientRecord(parameter=EVIL, text=EVIL, example_id=EVIL, path=(EVIL,))
    proposal = ProposalRecord(parameter=EVIL, new=EVIL, reason=EVIL, shown=EVIL)
    [last] = [e for e in record.events if isinstance(e, events.StepFinished)][-1:]
    attacked = with_events(
        record,
        events.StepStarted(step=9, parents=("p",), batch=("1",), plan={}),
        events.CriticismGathered(
            step=9, parent=EVIL, score=last.score, failing=(EVIL,), gradients=(gradient,), failures=(failure,)
        ),
        events.CandidateProposed(
            step=9,
            candidate=EVIL,
            parents=(EVIL,),
            source=EVIL,
            note=EVIL,
            state={EVIL: EVIL},
            proposals=(proposal,),
        ),
        events.ProposalRejected(step=9, source=EVIL, proposal=proposal),
        events.CandidateScreened(
            step=9,
            candidate=EVIL,
            stage="validation",
            score=last.score,
            rival=0.1,
            is_kept=False,
            reason=EVIL,
        ),
        events.CandidateAccepted(
            step=9,
            candidate=EVIL,
            source=EVIL,
            before=last.score,
            after=last.score,
            state={EVIL: EVIL},
            text=EVIL,
        ),
    )
    attacked = dataclasses.replace(attacked, config={EVIL: EVIL}, path=Path(EVIL))
    page = Page(render_report(attacked))
    assert "script" not in page.tags
    assert page.tags.count("img") == 0
    assert not any(name.startswith("on") for _, name, _ in page.attributes)
    assert page.text.count(EVIL) >= 12
    assert "{{ 7*7 }}" in page.text


def test_secrets_are_not_shown(record: RunRecord) -> None:
    config = {
        "settings": {
            "base_url": "https://me:hunter2@example.org/v1?api_key=hunter3",
            "api_key_env": "MY_VARIABLE",
            "max_tokens": 5,
        },
        "api_key": "hunter4",
        "headers": "hunter5",
        "OPENAI_API_KEY": "hunter6",
    }
    html = render_report(dataclasses.replace(record, config=config))
    assert "hunter" not in html
    assert "https://example.org/v1" in html
    assert "MY_VARIABLE" in html


def test_figures_are_shown_as_pictures(record: RunRecord, tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    Figure(title="A <dose>", svg=svg, caption="before & after").save(tmp_path)
    page = Page(render_report(dataclasses.replace(record, path=tmp_path)))
    assert "script" not in page.tags
    assert ("img", "alt", "A <dose>") in page.attributes
    assert "before & after" in page.text


def test_a_run_that_has_not_begun_has_a_page(tmp_path: Path) -> None:
    RunFolder.create(tmp_path).close()
    path = write_report(tmp_path)
    assert path == tmp_path / "report.html"
    assert "Not begun" in Page(path.read_text()).text


@pytest.mark.parametrize("kept", [1, 2, 3, 5, 9, 14])
def test_a_run_that_was_broken_off_anywhere_has_a_page(record: RunRecord, kept: int) -> None:
    begun = record.events[:kept]
    partial = dataclasses.replace(
        record,
        events=begun,
        calls=record.calls[:kept],
        result=make_result(begun, Ledger()),
        status="interrupted",
    )
    page = Page(render_report(partial))
    assert "No verdict yet" in page.text
    assert "was interrupted and can be resumed" in page.text


def test_it_is_written_where_it_is_asked_for(record: RunRecord, tmp_path: Path) -> None:
    path = write_report(record.path, tmp_path / "page.html")
    assert path.read_text() == render_report(record)
