"""Reports of steps: what was changed, what not and why, and what it cost."""

import json

from textgrad_lite.engines.types import Usage
from textgrad_lite.graph import Variable
from textgrad_lite.optimizers.proposal import Proposal, StepReport, total_usage

A, B = (Variable(name, role_description=f"role {name}") for name in "ab")
CHANGED = Proposal(A, "a", "A", is_accepted=True, usage=Usage(input_tokens=5, cost_usd=0.25), calls=1)
LEFT = Proposal(B, "b", None, is_accepted=False, reason="it has no gradients")


def test_a_report_tells_what_was_changed_and_why_the_rest_was_not() -> None:
    report = StepReport((CHANGED, LEFT))

    assert report.accepted == (CHANGED,)
    assert report.rejected == (LEFT,)
    assert str(report) == "role a: changed\nrole b: unchanged: it has no gradients"
    assert (report.calls, report.usage) == (1, Usage(input_tokens=5, cost_usd=0.25))


def test_a_proposal_can_be_written_to_a_journal() -> None:
    data = json.loads(json.dumps(CHANGED.to_json()))

    assert (data["role"], data["old"], data["new"], data["is_accepted"]) == ("role a", "a", "A", True)
    assert data["usage"]["cost_usd"] == 0.25


def test_a_total_with_an_unknown_price_is_unknown() -> None:
    priced, unpriced = Usage(output_tokens=1, cost_usd=0.5), Usage(output_tokens=2)

    assert total_usage([priced, priced]).cost_usd == 1.0
    assert total_usage([priced, unpriced]) == Usage(output_tokens=3, cost_usd=None)
    assert total_usage([]).cost_usd == 0
