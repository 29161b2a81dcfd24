"""The prompts of the backward pass: what happened in a call, what was wrong with it, whose fault it was.

The idea that a reviewer sees the conversation, the objective and the text to criticise is TextGrad's
(arXiv 2406.07496); asking for all texts of a call at once is AdalFlow's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textgrad_lite.prompts.rendering import render


@dataclass(frozen=True)
class Part:
    """One thing that was said in a call.

    Attributes:
        title: What the reviewer calls it, such as ``"system prompt"``; unique in its call.
        tag: The tag that it stands in.
        text: The thing itself.
    """

    title: str
    tag: str
    text: str

    @property
    def heading(self) -> str:
        """The title at the beginning of a line."""
        return f"{self.title[:1].upper()}{self.title[1:]}"


@dataclass(frozen=True)
class CallRecord:
    """What happened in one call.

    Attributes:
        happened: One sentence, such as ``"A language model was called."``.
        parts: What went in, in order.
        output: What came out.
        output_role: The role of the output in the program.
        is_judgement: True where the output is itself a judgement of what went in.
    """

    happened: str
    parts: tuple[Part, ...]
    output: Part
    output_role: str
    is_judgement: bool = False


@dataclass(frozen=True)
class Target:
    """A text that is to be criticised.

    Attributes:
        role: Its role in the program.
        text: The text.
        title: The title of the part that it is, or None where it is no part by itself.
        is_general: True for a text that other inputs will meet too, such as a system prompt.
    """

    role: str
    text: str
    title: str | None = None
    is_general: bool = False


def render_reviewer() -> str:
    """The system prompt of every backward call."""
    return render("backward_system")


def render_criticism_request(call: CallRecord, criticisms: Sequence[str], target: Target) -> str:
    """Ask what is to be changed in one text of a call.

    Args:
        call: What happened.
        criticisms: What was said about the output, in order; empty at the end of the graph.
        target: The text to be criticised.
    """
    parts = _parts_without(call, [target])
    return render("backward", call=call, parts=parts, criticisms=criticisms, target=target)


def render_joint_criticism_request(
    call: CallRecord, criticisms: Sequence[str], targets: Sequence[Target], *, is_json: bool = False
) -> str:
    """Ask in one go what is to be changed in each of several texts of a call.

    The reply names them as :func:`joint_form` does: as tags, or as keys of a JSON object.
    """
    parts = _parts_without(call, targets)
    return render(
        "backward_joint",
        call=call,
        parts=parts,
        criticisms=criticisms,
        targets=targets,
        form=joint_form(len(targets)),
        is_json=is_json,
    )


def joint_form(count: int) -> dict[str, str]:
    """The form of a joint reply about so many texts: for each, in order, its tag and what stands there.

    A reply that only repeats what stands there has said nothing.
    """
    return {f"change_{number}": f"what you say of text {number}" for number in range(1, count + 1)}


def render_context(call: CallRecord, target: Target) -> str:
    """Lay out what happened around a text, without the text itself, to stand beside its criticism."""
    return render("call_parts", parts=_parts_without(call, [target]))


def render_keep(role: str) -> str:
    """Say of a text, without asking a model, that it did well here."""
    return render("keep", role=role)


def render_summary_request(criticisms: Sequence[str]) -> str:
    """Ask for one criticism that says what several say."""
    return render("summary", criticisms=criticisms)


def _parts_without(call: CallRecord, targets: Sequence[Target]) -> list[Part]:
    """What happened but for the texts to review, which are shown by themselves."""
    titles = {target.title for target in targets}
    return [part for part in (*call.parts, call.output) if part.title not in titles]
