"""``textgrad-lite explain``: why each change of a run was made, from the failures to the lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from textgrad_lite.training import RunRecord
from textgrad_lite.training.events import FailureRecord, GradientRecord, ProposalRecord
from textgrad_lite.training.lineage import Change, Link
from textgrad_lite_cli.console import get_output, print_json
from textgrad_lite_cli.options import Json, Run
from textgrad_lite_cli.verdict import print_diff

app = typer.Typer(rich_markup_mode="markdown", add_completion=False)

_SHOWN_LINES = 6
_LONGEST = 300


@app.command()
def explain(
    run: Run,
    *,
    parameter: Annotated[
        str | None, typer.Option("--parameter", "-p", help="Only the changes of this parameter.")
    ] = None,
    is_full: Annotated[
        bool, typer.Option("--full", help="Print requests and replies whole, not their beginnings.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Explain every change that was accepted.

    For each: which examples failed, what the loss said, what criticism reached the text and through what,
    what the optimizer was shown, and which lines changed.
    """
    record = RunRecord.read(run)
    lineage = record.explain(parameter)
    if as_json:
        print_json(lineage.model_dump(mode="json"))
        return
    teller = _Teller(get_output(), is_full=is_full)
    teller.say(f"{run}: {_count(len(lineage.changes), 'accepted change')}", style="bold")
    for number, change in enumerate(lineage.changes, start=1):
        teller.tell_change(number, change)
    if not lineage.changes:
        teller.say(_say_why_not(run, lineage.parameters))
    elif record.result is not None and record.result.verdict is not None:
        teller.say("")
        teller.say(f"Verdict: {record.result.verdict.sentence}")


class _Teller:
    """Prints the parts of a lineage, each further in than what it explains."""

    def __init__(self, console: Console, *, is_full: bool) -> None:
        self._console = console
        self._is_full = is_full

    def say(self, text: str, *, indent: int = 0, style: str = "") -> None:
        for line in Text(text).wrap(self._console, self._console.width - indent):
            line.rstrip()
            self._console.print(" " * indent + line.plain, style=style, markup=False, soft_wrap=True)

    def tell_change(self, number: int, change: Change) -> None:
        self.say("")
        gain = f"{change.before.value:.0%} → {change.after.value:.0%} on validation"
        self.say(f"{number}. Step {change.step}, by {change.source}: {gain}", style="bold")
        for link in change.way:
            self._tell_link(link)
        if len(change.way) > 1:
            self.say("Lines changed in all:", indent=2)
            self._tell_diff(change.diff)

    def _tell_link(self, link: Link) -> None:
        note = f" ({link.note})" if link.note else ""
        self.say(f"{link.candidate[:8]} was proposed by {link.source}{note}.", indent=2)
        if link.failures:
            self.say(f"{_count(len(link.failures), 'example')} of the minibatch failed:", indent=2)
        for failure in link.failures:
            self._tell_failure(failure)
        if link.gradients:
            self.say("What reached the text:", indent=2)
        for gradient in link.gradients:
            self._tell_gradient(gradient)
        for proposal in link.proposals:
            self._tell_proposal(proposal)
        self.say("Lines changed:", indent=2)
        self._tell_diff(link.diff)

    def _tell_failure(self, failure: FailureRecord) -> None:
        self.say(f"{failure.example_id} ({failure.kind}): {self._cut(failure.input)}", indent=4)
        self.say(f"reply: {self._cut(failure.output)}", indent=6, style="dim")
        self.say(f"loss: {failure.feedback}", indent=6)

    def _tell_gradient(self, gradient: GradientRecord) -> None:
        of = f" from {gradient.example_id}" if gradient.example_id else ""
        self.say(f"{gradient.parameter}{of}: {gradient.text}", indent=4)
        if gradient.path:
            self.say(f"through {' → '.join(gradient.path)}", indent=6, style="dim")

    def _tell_proposal(self, proposal: ProposalRecord) -> None:
        if not proposal.shown:
            self.say(f"No model was asked for {proposal.parameter or 'it'}.", indent=2)
            return
        lines = proposal.shown.splitlines()
        told = lines if self._is_full else lines[:_SHOWN_LINES]
        self.say(f"The optimizer was shown for {proposal.parameter}:", indent=2)
        for line in told:
            self.say(f"| {line}", indent=4, style="dim")
        if len(told) < len(lines):
            self.say(f"… {len(lines) - len(told)} more lines; --full prints them", indent=4, style="dim")

    def _tell_diff(self, diff: str) -> None:
        print_diff(self._console, diff, indent=4)

    def _cut(self, text: str) -> str:
        flat = " ".join(text.split())
        return flat if self._is_full or len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _say_why_not(run: Path, parameters: tuple[str, ...]) -> str:
    if not parameters:
        return "It has not begun."
    return f"Nothing was accepted. `textgrad-lite show {run}` tells what was tried, and why it was dropped."
