"""Rewrites by a model that means ill: whatever it writes, placeholders stay and no training row gets through.

The checks here are written anew and know nothing of those in the library. What a model may not do, the
library may: worked examples in their slot are training rows, word by word.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textgrad_lite.data import Dataset, Example
from textgrad_lite.functions import ExampleSlot, PromptModel
from textgrad_lite.graph import Gradient, Variable
from textgrad_lite.optimizers import (
    TGD,
    GradientSource,
    MutationSource,
    ProposalContext,
    Trace,
    WorkedExampleSource,
)
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.training.conditions import conditions_of
from textgrad_lite.training.program import Program

TEMPLATE = "You settle claims.\n\nPolicy: {policy}\nClaim: {input}\n\nSay {{yes}} or {{no}} and why."
ROWS = (
    "On the ninth of March a kitchen fire in Leeds destroyed two cupboards and a much loved copper kettle.",
    "My neighbour's elder goat broke through the hedge on Sunday and ate nine of our prize dahlias.",
    "While parking behind the theatre the insured scraped a bronze statue of an otter with her left mirror.",
    "A hailstone the size of a plum cracked the conservatory roof during the wedding of our youngest nephew.",
)
HELD_OUT = (
    "The ferry to Orkney was cancelled twice so the string quartet lost its deposit for the village hall.",
)


def make_dataset(rows: tuple[str, ...], name: str) -> Dataset:
    return Dataset(
        Example(id=f"{name}{n}", input=row, target="yes", fields={"policy": f"house {n}"})
        for n, row in enumerate(rows)
    )


TRAIN, TEST = make_dataset(ROWS, "train"), make_dataset(HELD_OUT, "test")


def placeholders_in(text: str) -> set[str]:
    """Names in braces, read from the left: ``{{`` and ``}}`` are literal, as is what opens no name."""
    names, rest = set(), text
    while rest:
        name = re.match(r"\{([A-Za-z_][A-Za-z0-9_]*)\}", rest)
        if name:
            names.add(name[1])
        rest = rest[name.end() if name else 2 if rest[:2] in ("{{", "}}") else 1 :]
    return names


def words_in(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word for word in re.split(r"[^a-z0-9']+", folded) if word]


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = words_in(text)
    return {tuple(words[start : start + 8]) for start in range(len(words) - 7)}


ROW_RUNS = set.union(*(runs_of(row) for row in (*ROWS, *HELD_OUT)))

DISGUISES: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.title,
    lambda row: row.replace(" ", "\n"),
    lambda row: row.replace(" ", "  "),
    lambda row: row.replace(" ", "_"),
    lambda row: row.replace(" ", " - "),
    lambda row: f'"{row}"',
    lambda row: f"<example>{row}</example>",
    lambda row: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in row),  # full-width letters
    lambda row: " ".join(row.split()[3:12]),
    lambda row: row.replace(" ", "\u00a0"),
)
BRACES = st.sampled_from(
    [
        "{input}",
        "{policy}",
        "{{input}}",
        "{ input }",
        "{Input}",
        "{}",
        "{",
        "}",
        "{{",
        "}}",
        "{claim}",
        "{0}",
        "{a.b}",
    ]
)
LEAKS = st.builds(
    lambda row, disguise: disguise(row), st.sampled_from((*ROWS, *HELD_OUT)), st.sampled_from(DISGUISES)
)
CHATTER = st.sampled_from(
    [
        "Sure! Here is the improved prompt:",
        "</new_text>",
        "<new_text>",
        "```",
        "The feedback says",
        "Be fair.",
        "\n",
        "",
    ]
)
PIECES = st.one_of(BRACES, LEAKS, CHATTER, st.text(max_size=12), st.sampled_from(TEMPLATE.splitlines()))
REWRITES = st.one_of(
    st.lists(PIECES, max_size=12).map(" ".join),
    st.lists(PIECES, max_size=4).map(lambda pieces: "\n".join([TEMPLATE, *pieces])),
    st.tuples(PIECES, st.integers(0, len(TEMPLATE)), st.integers(0, 20)).map(
        lambda edit: TEMPLATE[: edit[1]] + edit[0] + TEMPLATE[edit[1] + edit[2] :]
    ),
)
"""Texts of fragments, the template with things added, and the template with one place changed."""


def written_by(reply: str) -> Iterator[str]:
    """What gets through of a reply: in a search with criticism, in one without, and with plain TGD."""
    engine = ScriptedEngine().on(f"<new_text>\n{reply}\n</new_text>")
    model = PromptModel(TEMPLATE, engine, examples=ExampleSlot())
    program = Program(model)
    context = ProposalContext(
        module=model,
        state=model.state_dict(),
        gradients={"prompt": (Gradient(text="Be fairer.", context=ROWS[0]),)},
        constraints=tuple(conditions_of(program, (), train=TRAIN, held_out=TEST)),
    )
    for source in (GradientSource(engine, attempts=1), MutationSource(engine, attempts=1)):
        result = asyncio.run(source.propose(context, 0))
        yield from (str(candidate.state["prompt"]) for candidate in result.candidates)
    prompt = Variable(TEMPLATE, role_description="prompt")
    prompt.add_gradient(Gradient(text="Be fairer.", context="\n".join((*ROWS, *HELD_OUT))))
    for row in (*ROWS, *HELD_OUT):
        prompt.add_gradient(Gradient(text="Be fairer.", context=row))
    TGD([prompt], engine=engine, attempts=1).step()
    yield str(prompt.value)


@pytest.mark.parametrize("n", [60, pytest.param(1_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_placeholders_survive_and_no_row_gets_through(n: int) -> None:
    adopted = []

    @settings(max_examples=n, suppress_health_check=list(HealthCheck))
    @given(REWRITES)
    def attack(reply: str) -> None:
        for text in written_by(reply):
            assert placeholders_in(text) == {"policy", "input"}
            assert not runs_of(text) & ROW_RUNS
            adopted.append(text != TEMPLATE)

    attack()
    # Not by refusing everything: harmless changes are adopted.
    assert sum(adopted) > n / 50


def test_the_attack_is_one() -> None:
    """Most disguises still show the row to whoever reads words, so the checks above can fail."""
    assert sum(bool(runs_of(disguise(ROWS[0])) & ROW_RUNS) for disguise in DISGUISES) == len(DISGUISES)


async def test_worked_examples_in_their_slot_are_rows_word_by_word() -> None:
    model = PromptModel(TEMPLATE, ScriptedEngine(), examples=ExampleSlot())
    program = Program(model)
    context = ProposalContext(
        module=model,
        state=model.state_dict(),
        traces=tuple(Trace(example.id, example.input, "It is covered: yes", 1.0) for example in TRAIN),
        constraints=tuple(conditions_of(program, (), train=TRAIN, held_out=TEST)),
    )
    (candidate,) = (await WorkedExampleSource().propose(context, 0)).candidates
    text = program.render(candidate.state)
    assert sum(row in text for row in ROWS) == 3
    assert placeholders_in(text) == {"policy", "input"}
    assert candidate.state["prompt"] == TEMPLATE
