"""One line for each thing that happens in a run, in words that a newcomer understands."""

from __future__ import annotations

from textgrad_lite.training import events

_STOPS = {
    "steps": "all steps are done",
    "budget": "a limit is reached",
    "time": "the time is over",
    "patience": "several steps brought nothing",
    "no_improvement": "the last steps gained too little",
    "requested": "it was asked to stop",
    "target": "the target is reached",
    "perfect": "every validation example is right",
}


def tell_stop(steps: int, reason: str) -> str:
    """Return after how many steps a search ended and why, as the end of a sentence."""
    return f"after {steps} step{'' if steps == 1 else 's'}: {_STOPS[reason]}."


def describe(event: events.Event) -> str | None:  # noqa: C901 - one case a kind of event
    """Return the line that tells of ``event``, or ``None`` where the bars say enough."""
    match event:
        case events.Note():
            return event.text
        case events.BaselineScored():
            return f"The prompt as it is, on validation: {event.score}"
        case events.HeadroomMeasured():
            return f"Headroom: {event.headroom.sentence}"
        case events.StepStarted():
            return f"Step {event.step}: {len(event.batch)} training examples"
        case events.CriticismGathered():
            failing, gathered = len(event.failing), len(event.gradients)
            return f"  {failing} of the step's examples fail; criticisms gathered: {gathered}"
        case events.CandidateProposed():
            note = f": {event.note}" if event.note else ""
            return f"  {event.candidate[:8]} by {event.source}{note}"
        case events.ProposalRejected():
            return f"  {event.source}: rejected, {event.proposal.reason}"
        case events.CandidateScreened():
            fate = "goes on" if event.is_kept else "dropped"
            reason = f" ({event.reason})" if event.reason else ""
            return f"  {event.candidate[:8]}: {event.score.value:.0%} on {event.stage}, {fate}{reason}"
        case events.CandidateAccepted():
            gain = f"{event.before.value:.0%} → {event.after.value:.0%}"
            return f"  {event.candidate[:8]} by {event.source} is the best so far: {gain} on validation"
        case events.SearchStopped():
            return f"The search stops {tell_stop(event.steps, event.reason)}"
        case events.TestScored():
            return f"On the test examples, {event.which}: {event.score}"
        case events.CallMade(kind="pause"):
            return f"  {event.engine} wants to be left alone for {event.seconds:.0f} s: {event.message}"
        case _:
            return None
