"""A simulated critic and rewriter for treatment plans: rules of thumb in the place of a language model.

It sees nothing but the texts of the requests that a model would get. It knows neither the inner optimiser
nor which settings are good; what it knows is what a planner learns first: press harder where a goal is
missed, and give way elsewhere when the target gets too little. Of real models it says nothing.
"""

from __future__ import annotations

import math
import re

from textgrad_lite.domains.radiotherapy.settings import STRUCTURES
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, Request, Usage
from textgrad_lite.errors import ScriptExhaustedError
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS

_MISSED = re.compile(r"(\w+ \w+) is (\d+(?:\.\d+)?)(?: Gy)?, (\d+(?:\.\d+)?)(?: Gy)? too (?:low|high)")
_REPORTED = re.compile(r"^(\w+ \w+) = (\d+(?:\.\d+)?)", re.MULTILINE)
_REVIEWED = re.compile(r"^<text>\n(.*?)\n</text>$", re.DOTALL | re.MULTILINE)
_CURRENT = re.compile(r"^<current_text>\n(.*?)\n</current_text>$", re.DOTALL | re.MULTILINE)
_REMARK = re.compile(r"^<remark>\n(.*?)\n</remark>$", re.DOTALL | re.MULTILINE)
_FACTOR = re.compile(r"multiply the (\w+) weight by (\d+(?:\.\d+)?)")
_CHANGE = re.compile(r"(raise|lower) the (\w+) dose by (\d+(?:\.\d+)?) Gy")
_SETTING = re.compile(r"^(\w+) (weight|dose) = (\d+(?:\.\d+)?)", re.MULTILINE)
_RANGE = re.compile(r"(\w+) (?:weight|dose) from (\d+(?:\.\d+)?) to (\d+(?:\.\d+)?)")
_PRESCRIPTION = re.compile(r"homogeneity is \(D5 - D95\) / (\d+(?:\.\d+)?) Gy")

_GENTLE, _FIRM = 1.2, 3.0
"""The smallest and the largest factor for a weight in one step."""

_NOTABLE = 1.0
"""From how many Gy on a shortfall of the target is more than a little."""


class SimulatedPlannerEngine(Engine):
    """The engine; it counts a token per word, and costs nothing.

    Attributes:
        calls: How many requests it got.
    """

    name = "simulated/planner"

    def __init__(self) -> None:
        self.calls = 0

    async def complete(self, request: Request) -> Completion:
        """Answer as critic or rewriter.

        Raises:
            ScriptExhaustedError: It is asked for anything else.
        """
        self.calls += 1
        text = "\n\n".join(message.text for message in request.messages)
        if request.purpose == "backward":
            reply = criticise(text)
        elif request.purpose == "optimizer":
            reply = "\n".join((NEW_TEXT_TAGS[0], rewrite(text), NEW_TEXT_TAGS[1]))
        else:
            raise ScriptExhaustedError(
                f"the simulated planner has no answer to a request for {request.purpose}"
            )
        usage = Usage(input_tokens=len(text.split()), output_tokens=len(reply.split()), cost_usd=0.0)
        return Completion(text=reply, usage=usage, model=self.name)


def criticise(request: str) -> str:
    """Say what should be changed in the text under review, from what was missed."""
    missed = {name: float(excess) for name, _, excess in _MISSED.findall(request)}
    reviewed = _REVIEWED.search(request)
    if reviewed is None or not missed:
        return "It should stay as it is."
    about_weights = " weight = " in reviewed[1]
    wishes = _weight_wishes(missed, request) if about_weights else _dose_wishes(missed, request)
    return f"The plan misses {', '.join(missed)}. The text should {'; '.join(wishes) or 'stay as it is'}."


def rewrite(request: str) -> str:
    """Write the current text with the changes that the remarks ask for, within the ranges of the rules."""
    current, remarks = _CURRENT.search(request), "\n".join(_REMARK.findall(request))
    text = current[1] if current else ""
    numbers = {name: float(number) for name, _, number in _SETTING.findall(text)}
    factors = {name: float(factor) for name, factor in _FACTOR.findall(remarks)}
    changes = {
        name: float(amount) if verb == "raise" else -float(amount)
        for verb, name, amount in _CHANGE.findall(remarks)
    }
    wanted = {name: x * factors.get(name, 1.0) + changes.get(name, 0.0) for name, x in numbers.items()}
    ranges = {name: (float(low), float(high)) for name, low, high in _RANGE.findall(request)}
    fitting = _fitted(wanted, ranges, are_ratios=" weight = " in text)
    return _SETTING.sub(lambda line: f"{line[1]} {line[2]} = {round(fitting[line[1]], 2):.12g}", text)


def _fitted(
    numbers: dict[str, float], ranges: dict[str, tuple[float, float]], *, are_ratios: bool
) -> dict[str, float]:
    """Bring numbers into their ranges; where only ratios matter, make all smaller until the largest fits."""
    limits = {name: ranges.get(name, (0.0, math.inf)) for name in numbers}
    excess = max((number / limits[name][1] for name, number in numbers.items()), default=0.0)
    scale = excess if are_ratios and excess > 1 else 1.0
    return {
        name: _between(limits[name][0], number / scale, limits[name][1]) for name, number in numbers.items()
    }


def _weight_wishes(missed: dict[str, float], request: str) -> list[str]:
    """Press harder where a goal is missed; a target that is even and merely low needs dose, not weight."""
    excesses = _excess_by_structure(missed, request)
    if "target homogeneity" not in missed and excesses["target"] < _NOTABLE:
        excesses["target"] = 0.0
    return [
        f"multiply the {name} weight by {_between(_GENTLE, 1 + excess / 4, _FIRM):.2f}"
        for name, excess in excesses.items()
        if excess
    ]


def _dose_wishes(missed: dict[str, float], request: str) -> list[str]:
    """Move the doses: down where there is too much, and up elsewhere where the target gets too little."""
    excesses = _excess_by_structure(missed, request)
    wishes = _target_dose_wish(missed, request)
    for name in ("core", "body"):
        if excesses[name]:
            wishes.append(f"lower the {name} dose by {_between(1.0, excesses[name] / 2, 5.0):.1f} Gy")
        elif excesses["target"] >= _NOTABLE:
            wishes.append(f"raise the {name} dose by {_between(0.5, excesses['target'] / 2, 3.0):.1f} Gy")
    return wishes


def _target_dose_wish(missed: dict[str, float], request: str) -> list[str]:
    """Bring the mean of the target to the prescription, and above it where only D95 is too low."""
    mean, prescription = dict(_REPORTED.findall(request)).get("target mean"), _prescription(request)
    if mean is None:
        return []
    offset = float(mean) - prescription
    if "target D95" in missed and "target homogeneity" not in missed:
        return [f"raise the target dose by {_between(0.3, missed['target D95'], 2.0):.1f} Gy"]
    if offset > 1:
        return [f"lower the target dose by {_between(0.5, offset, 3.0):.1f} Gy"]
    return []


def _excess_by_structure(missed: dict[str, float], request: str) -> dict[str, float]:
    """The largest excess in each structure in Gy; one of the homogeneity counts times the prescription."""
    in_gray = {
        name: excess * (_prescription(request) if name.endswith("homogeneity") else 1)
        for name, excess in missed.items()
    }
    return {
        structure: max((x for name, x in in_gray.items() if name.split()[0] == structure), default=0.0)
        for structure in STRUCTURES
    }


def _prescription(request: str) -> float:
    found = _PRESCRIPTION.search(request)
    return float(found[1]) if found else 0.0


def _between(low: float, number: float, high: float) -> float:
    return min(high, max(low, number))
