"""A simulated chemist: an engine that plays critic and rewriter from what stands in the text, and no model.

It knows a few rules of thumb, such as that a larger molecule with more rings binds more strongly and that
polar groups lower logP, and it can edit a structure without a slip. It reads what a model would be sent, in
the words of the objectives, and nothing else: it computes no score and docks nothing. With it a run costs
nothing and is the same each time. **It says nothing about real models**, which know more chemistry and write
invalid strings.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from textgrad_lite.domains.molecules import edits
from textgrad_lite.domains.molecules.chemistry import find_problem
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, Request, Usage
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS

STRONG = -9.5
"""An affinity, in kcal/mol, that the chemist is content with."""

WISHES: Mapping[str, Callable[[str], list[str]]] = MappingProxyType(
    {
        "have one more ring": lambda smiles: edits.attachments(smiles, edits.RINGS),
        "be larger": lambda smiles: edits.attachments(smiles, (*edits.RINGS, *edits.GREASY)),
        "be smaller": edits.removals,
        "have a ring in the place of a chain": lambda smiles: edits.exchanges(smiles, edits.RINGS),
        "be more polar": lambda smiles: edits.attachments(smiles, edits.POLAR),
        "be less polar": lambda smiles: edits.exchanges(smiles, (*edits.GREASY, *edits.RINGS)),
        "have another group in the place of the one that is reactive": edits.exchanges,
        "have a nitrogen in the place of a carbon": lambda smiles: edits.replacements(smiles, ("N",)),
    }
)
"""What the chemist may ask for, and which edits would do it."""

_REMEDIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "molecular weight too low": ("be larger",),
        "molecular weight too high": ("be smaller",),
        "lipophilicity (logP) too high": ("have a nitrogen in the place of a carbon", "be more polar"),
        "lipophilicity (logP) too low": ("be less polar", "be larger"),
        "hydrogen-bond acceptors too low": ("have a nitrogen in the place of a carbon", "be more polar"),
        "hydrogen-bond acceptors too high": ("be less polar",),
        "hydrogen-bond donors too low": ("be more polar",),
        "hydrogen-bond donors too high": ("be less polar",),
        "polar surface area too low": ("be more polar",),
        "polar surface area too high": ("be less polar",),
        "rotatable bonds too low": ("be larger",),
        "rotatable bonds too high": ("have a ring in the place of a chain", "be smaller"),
        "aromatic rings too low": ("have one more ring",),
        "aromatic rings too high": ("be smaller",),
        "structural alerts (reactive or unstable groups) too high": (
            "have another group in the place of the one that is reactive",
            "be smaller",
        ),
    }
)
_FAULT = re.compile(r"(?P<what>[a-z][\w() -]*?) (?P<amount>-?[\d.]+(?:e[+-]?\d+)?), too (?P<way>low|high)")
_AFFINITY = re.compile(
    r"Binding affinity to \w+ \(kcal/mol, lower is better\): (?P<amount>-?[\d.]+)\.(?:\s|$)"
)
_FAILURE = re.compile(r"Docking to \w+ failed")
_CURRENT = re.compile(r"<current_text>\s*(\S+)\s*</current_text>")
_REMARK = re.compile(r"<remark>(.*?)</remark>", re.DOTALL)
_TRIED = re.compile(r"(\S+) was tried before")


class SimulatedChemist(Engine):
    """Criticises and rewrites molecules by rules of thumb; see the module.

    Args:
        seed: Decides which of several fitting edits is made, together with the text and the draw.
    """

    def __init__(self, seed: int = 0) -> None:
        self.name = f"simulated/chemist-{seed}"
        self._seed = seed

    async def complete(self, request: Request) -> Completion:
        """Answer as a rewriter where a rewrite is asked for, else as a critic."""
        text = "\n\n".join(message.text for message in request.messages)
        is_rewrite = request.purpose == "optimizer"
        reply = self._rewrite(text, request.sample) if is_rewrite else criticise(text)
        usage = Usage(input_tokens=len(text.split()), output_tokens=len(reply.split()), cost_usd=0.0)
        return Completion(text=reply, usage=usage, model=self.name)

    def _rewrite(self, text: str, sample: tuple[int, int]) -> str:
        """One edit that serves one of the wishes; which, is drawn from the text and the draw."""
        (current,) = _CURRENT.findall(text)[:1] or [""]
        remarks = "\n".join(_REMARK.findall(text))
        source = random.Random(hashlib.sha256(repr((self._seed, text, sample)).encode()).digest())  # noqa: S311
        wishes = find_wishes(remarks)
        source.shuffle(wishes)
        tried = set(_TRIED.findall(text))
        made = next((new for wish in wishes if (new := _choose(wish, current, tried, source))), current)
        start, end = NEW_TEXT_TAGS
        return f"{start}\n{made}\n{end}"


def criticise(text: str) -> str:
    """Say in words what the measurements in a text ask for."""
    return " ".join(f"The text should {wish}." for wish in find_wishes(text))


def find_wishes(text: str) -> list[str]:
    """What a text asks of the molecule: in a critic's words, or to mend what the measurements name."""
    found = [wish for wish in WISHES if f"should {wish}." in text]
    affinity = _AFFINITY.search(text)
    if affinity and float(affinity["amount"]) > STRONG:
        found += ["have one more ring", "be larger"]
    if _FAILURE.search(text):
        found.append("be smaller")
    for fault in _FAULT.finditer(text):
        found += _REMEDIES.get(f"{fault['what']} too {fault['way']}", ())
    return list(dict.fromkeys(found)) or list(WISHES)


def _choose(wish: str, current: str, tried: set[str], source: random.Random) -> str | None:
    if find_problem(current):
        return None
    new = [smiles for smiles in WISHES[wish](current) if smiles not in tried]
    return source.choice(new) if new else None
