"""One line for each thing that happens in a run, in words that a newcomer understands."""

from __future__ import annotations

from textgrad_lite.training import Score, events


def describe(event: events.Event) -> str | None:
    """Return the line that tells of ``event``, or ``None`` where the bars say enough."""
    match event:
        case events.Note(text=text):
            return text
        case events.BaselineScored(score=score):
            return f"As it is, the prompt gets {describe_score(score)} of the validation examples right."
        case events.StepStarted(step=step):
            return f"Step {step}"
        case events.ProposalRejected(source=source, reason=reason):
            return f"  {source}: rejected, {reason}"
        case events.CandidateScreened(stage=stage, mean=mean, n=n, is_kept=is_kept, reason=reason):
            fate = "goes on" if is_kept else f"dropped, {reason}"
            return f"  scored {mean:.0%} on {n} examples ({stage}): {fate}"
        case events.CandidateAccepted(before=before, after=after):
            return f"  accepted: {before:.0%} → {after:.0%} on validation"
        case events.SearchStopped(reason=reason):
            return f"The search stops: {reason}."
        case events.TestScored(which=which, score=score):
            return f"On the test examples, {which}: {describe_score(score)}."
        case _:
            return None


def describe_score(score: Score) -> str:
    """Return a score with its number of examples and its 95 % interval."""
    return f"{score.mean:.0%} (n = {score.n}, 95 % interval {score.low:.0%} to {score.high:.0%})"
