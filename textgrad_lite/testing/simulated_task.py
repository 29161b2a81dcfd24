"""A task with a student, a critic and a rewriter that need no model and always do the same.

Whether the student solves a case depends on what its prompt says: each case needs one or two *requirements*,
invented words that are drawn by seed and stand in no prompt or strategy of this library. The critic finds out
about them only from the text that a model would get, and so does the rewriter. Optimisation, gates, budgets
and resuming can thus be asserted offline; of real models it says nothing.
"""

from __future__ import annotations

import hashlib
import random
import re

from textgrad_lite.data import Dataset, Example, Splits
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.types import Completion, Request, Usage
from textgrad_lite.errors import ScriptExhaustedError
from textgrad_lite.metrics import Metric, get_metric
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS

VOCABULARY = (
    "brindle",
    "croft",
    "dapple",
    "embrow",
    "fennick",
    "garrow",
    "hobnel",
    "ivrel",
    "jessop",
    "kindlow",
    "larkspar",
    "mottle",
    "nuthatch",
    "ostler",
    "pelgrin",
    "quillon",
    "rudder",
    "saffrel",
    "tansy",
    "umbrel",
    "vetchling",
    "wicket",
    "yarrol",
    "zephrin",
)
"""What requirements and distractors are drawn from."""

_CASE = re.compile(r"Case (\d+) of the ledger")
_MISSING = re.compile(r"done without (\w+)")
_WISH = re.compile(r"ask for (\w+)")
_CHANGE = re.compile(r"<(change_\d+)>")
_FIRST_BLOCK = re.compile(r"^<([\w-]+)>\n(.*?)\n</\1>$", re.DOTALL | re.MULTILINE)
_MOST_EDITS = 2


class SimulatedTask:
    """Cases, a metric, a start prompt and a model; see the module.

    Args:
        seed: Decides the requirements, the cases and all luck.
        requirements: How many words a perfect prompt has to contain.
        distractors: Words that the student complains about and that do not matter.
        luck: Share of cases that are solved although their requirements are missing; which, depends on the
            prompt.
        noise: Share of cases that fail although they are fulfilled; which, depends on the prompt.
        has_effect: False makes a null task: a case is solved by luck alone, so all prompts are equally good.

    Attributes:
        requirements: The words that matter.
        distractors: The words that do not.
        prompt: The prompt to begin with.
        engine: Student, critic and rewriter in one, told apart by the purpose of a request.
        metric: How outputs are scored.
    """

    prompt = "Settle the case."

    def __init__(
        self,
        seed: int = 0,
        *,
        requirements: int = 3,
        distractors: int = 1,
        luck: float = 0.1,
        noise: float = 0.0,
        has_effect: bool = True,
    ) -> None:
        drawn = random.Random(f"words {seed}").sample(VOCABULARY, requirements + distractors)  # noqa: S311
        self.requirements = tuple(drawn[:requirements])
        self.distractors = tuple(drawn[requirements:])
        self.luck = luck
        self.noise = noise
        self.has_effect = has_effect
        self._seed = seed
        self.metric: Metric = get_metric("exact")
        self.engine = SimulatedModel(self)

    @property
    def perfect_prompt(self) -> str:
        """A prompt that fulfils all requirements."""
        return f"{self.prompt} Use {', '.join(self.requirements)}."

    def dataset(self, n: int = 60) -> Dataset:
        """The first ``n`` cases."""
        return Dataset((self.example(number) for number in range(1, n + 1)), source="simulated")

    def splits(self, *, train: int = 20, val: int = 20, test: int = 40) -> Splits:
        """Cases for training, validation and test."""
        return self.dataset(train + val + test).split(train=train, val=val, test=test, seed=self._seed)

    def example(self, number: int) -> Example:
        """One case."""
        return Example(
            id=str(number), input=f"Case {number} of the ledger is open.", target=self.answer(number)
        )

    def answer(self, number: int) -> str:
        """The answer to a case."""
        return f"entry {self._roll('answer', number) % 90 + 10}"

    def needs(self, number: int) -> tuple[str, ...]:
        """The requirements of a case: one or two."""
        first = self._roll("first", number) % len(self.requirements)
        second = self._roll("second", number) % (2 * len(self.requirements))
        places = sorted({first, second} if second < len(self.requirements) else {first})
        return tuple(self.requirements[place] for place in places)

    def is_solved(self, number: int, prompt: str) -> bool:
        """Whether the student solves a case with a prompt."""
        chance = self._roll("chance", number, prompt) % 1000 / 1000
        if self.has_effect and all(word in prompt for word in self.needs(number)):
            return chance >= self.noise
        return chance < self.luck

    def _roll(self, *what: object) -> int:
        return int.from_bytes(hashlib.sha256(repr((self._seed, *what)).encode()).digest()[:8], "big")


class SimulatedModel(Engine):
    """The model of a :class:`SimulatedTask`; it counts a token per word, and costs nothing.

    Attributes:
        calls: How many requests it got.
    """

    def __init__(self, task: SimulatedTask) -> None:
        settings = (task.requirements, task.luck, task.noise, task.has_effect)
        self.name = f"simulated/{hashlib.sha256(repr(settings).encode()).hexdigest()[:8]}"
        self.calls = 0
        self._task = task

    async def complete(self, request: Request) -> Completion:
        """Answers as student, critic or rewriter."""
        self.calls += 1
        text = "\n\n".join(message.text for message in request.messages)
        if request.purpose == "forward":
            reply = self._settle(text)
        elif request.purpose in ("backward", "loss"):
            reply = self._criticise(text)
        elif request.purpose == "optimizer":
            reply = self._rewrite(text, sum(request.sample))
        else:
            raise ScriptExhaustedError(
                f"the simulated model has no answer to a request for {request.purpose}"
            )
        usage = Usage(input_tokens=len(text.split()), output_tokens=len(reply.split()), cost_usd=0.0)
        return Completion(text=reply, usage=usage, model=self.name)

    def _settle(self, text: str) -> str:
        """The student: the last case in the text is the one to settle, all else is the prompt."""
        cases = list(_CASE.finditer(text))
        if not cases:
            return "There is no case."
        number = int(cases[-1].group(1))
        prompt = text[: cases[-1].start()]
        if self._task.is_solved(number, prompt):
            used = " and ".join(word for word in self._task.needs(number) if word in prompt) or "luck"
            return f"It was done with {used}.\nAnswer: {self._task.answer(number)}"
        missing = [word for word in self._task.needs(number) if word not in prompt]
        words = missing or [word for word in self._task.distractors if word not in prompt]
        return f"It was done without {words[number % len(words)] if words else 'care'}.\nAnswer: none"

    @staticmethod
    def _criticise(text: str) -> str:
        """The critic: asks for what the student says that it did without."""
        found = list(dict.fromkeys(_MISSING.findall(text)))
        remark = f"The text should ask for {found[-1]}." if found else "The text should be clearer."
        changes = list(dict.fromkeys(_CHANGE.findall(text)))
        return "\n".join(f"<{change}>{remark}</{change}>" for change in changes) or remark

    @staticmethod
    def _rewrite(text: str, draw: int) -> str:
        """The rewriter: adds some of the words that the remarks ask for; which, depends on the draw."""
        current = _FIRST_BLOCK.search(text)
        old = current.group(2) if current else ""
        wishes = list(dict.fromkeys(word for word in _WISH.findall(text) if word not in old))
        turned = wishes[draw % len(wishes) :] + wishes[: draw % len(wishes)] if wishes else ["care"]
        new = f"{old} Use {' and '.join(turned[:_MOST_EDITS])}."
        start, end = NEW_TEXT_TAGS
        return f"{start}\n{new}\n{end}"
