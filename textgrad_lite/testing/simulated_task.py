"""A task with a student, a critic and a rewriter that need no model and always do the same.

Whether the student solves a case depends on what its prompt says: each case needs one or two *requirements*,
invented words that are drawn by seed and stand in no prompt or strategy of this library. Optimisation, gates,
budgets and resuming can thus be asserted offline, and strategies compared; of real models it says nothing.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from textgrad_lite.data import Dataset, Example, Splits
from textgrad_lite.metrics import Metric, get_metric
from textgrad_lite.prompts.strategies import load_strategies
from textgrad_lite.testing.simulated_model import VOCABULARY, SimulatedModel

TRAP_SHARE = 0.5
"""Share of cases that are solved by the trap, whatever else a prompt says."""

_TRAPPED = 3


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
        has_trap: Whether there is a word with which half of all cases are solved, whatever else a prompt
            says: a local optimum, since it hides what the requirements are worth. A third of the cases that
            fail complain of its lack.
        distraction: Share of failing cases that complain about a distractor though a requirement is missing.
        insight: Share of lucky cases whose solution shows what they need, as worked examples then do.
        slips: Share of rewrites that forget a word and take up nothing.
        advised: How many requirements one general strategy of the library, drawn by seed, fulfils too.

    Attributes:
        requirements: The words that matter.
        distractors: The words that do not.
        trap: The word that leads into the local optimum, or None.
        advice: The strategy that fulfils requirements, or None.
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
        has_trap: bool = False,
        distraction: float = 0.0,
        insight: float = 0.0,
        slips: float = 0.0,
        advised: int = 0,
    ) -> None:
        n = requirements + distractors + has_trap
        drawn = random.Random(f"words {seed}").sample(VOCABULARY, n)  # noqa: S311
        self.requirements = tuple(drawn[:requirements])
        self.distractors = tuple(drawn[requirements : requirements + distractors])
        self.trap = drawn[-1] if has_trap else None
        self.advice = random.Random(f"advice {seed}").choice(load_strategies()) if advised else None  # noqa: S311
        self._advised = self.requirements[:advised]
        self.luck = luck
        self.noise = noise
        self.has_effect = has_effect
        self._distraction = distraction
        self._insight = insight
        self._seed = seed
        self.metric: Metric = get_metric("exact")
        settings = (
            self.requirements,
            luck,
            noise,
            has_effect,
            has_trap,
            distraction,
            insight,
            slips,
            advised,
        )
        self.engine = SimulatedModel(self, hashlib.sha256(repr(settings).encode()).hexdigest()[:8], slips)

    @property
    def perfect_prompt(self) -> str:
        """A prompt that fulfils all requirements."""
        return f"{self.prompt} Use {', '.join(self.requirements)}."

    @property
    def optimum(self) -> float:
        """The mean score of a perfect prompt, noise taken at its rate."""
        return self.expectation(self.perfect_prompt)

    def expectation(self, prompt: str, cases: Sequence[int] = range(1, 401)) -> float:
        """The mean score of a prompt over cases, luck and noise taken at their rates."""
        return sum(self._chance(number, prompt) for number in cases) / len(cases)

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
        drawn = self._share("chance", number, prompt)
        if self._is_fulfilled(number, prompt):
            return drawn >= self.noise
        return drawn < self._chance(number, prompt)

    def solution(self, number: int, prompt: str) -> str:
        """How the student says that it solved a case."""
        used = [word for word in self.needs(number) if self._has(word, prompt)]
        if not used and self._share("insight", number) < self._insight:
            used = list(self.needs(number))
        return f"It was done with {' and '.join(used) or 'luck'}."

    def complaint(self, number: int, prompt: str) -> str:
        """How the student says why it failed in a case."""
        missing = [word for word in self.needs(number) if not self._has(word, prompt)]
        others = [word for word in self.distractors if word not in prompt]
        if self.trap and self.trap in prompt and not missing:
            return f"It was led astray by {self.trap}."
        if self.trap and self.trap not in prompt and number % _TRAPPED == 0:
            return f"It was done without {self.trap}."
        is_distracted = bool(others) and self._share("distraction", number) < self._distraction
        words = (others if is_distracted else missing) or others
        return f"It was done without {words[number % len(words)] if words else 'care'}."

    def _is_fulfilled(self, number: int, prompt: str) -> bool:
        is_trapped = self.trap is not None and self.trap in prompt
        return (
            self.has_effect and not is_trapped and all(self._has(word, prompt) for word in self.needs(number))
        )

    def _has(self, word: str, prompt: str) -> bool:
        is_advised = self.advice is not None and word in self._advised and self.advice.text in prompt
        return word in prompt or is_advised

    def _chance(self, number: int, prompt: str) -> float:
        """How likely a case is solved."""
        if self._is_fulfilled(number, prompt):
            return 1 - self.noise
        return TRAP_SHARE if self.has_effect and self.trap and self.trap in prompt else self.luck

    def _share(self, *what: object) -> float:
        return self._roll(*what) % 1000 / 1000

    def _roll(self, *what: object) -> int:
        return int.from_bytes(hashlib.sha256(repr((self._seed, *what)).encode()).digest()[:8], "big")
