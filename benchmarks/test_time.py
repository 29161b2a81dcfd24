"""Refined answers against plain ones at equal votes: over k + 1 versions, and over k + 1 samples.

Without ``--model``, student and critic are simulated: programs that see the same text as a model would, and
are right with a chance that is set here. That shows what the method can and cannot do, nothing of any model:

    python benchmarks/test_time.py
    python benchmarks/test_time.py --model local/qwen2.5-coder-1.5b --task object_counting --limit 40
    python benchmarks/test_time.py --model openai/gpt-5-mini --task gpqa_diamond --path gpqa_diamond.csv
"""

from __future__ import annotations

import argparse
import random
import re
from pathlib import Path

from textgrad_lite.engines import Engine, Request
from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.tasks import LoadedTask, VoteComparison, compare_votes, load_task
from textgrad_lite.tasks.object_counting import KINDS, NUMBERS
from textgrad_lite.testing import ScriptedEngine
from textgrad_lite.testing.scripted import get_text

SKILL = 0.5
"""Chance that the simulated student counts rightly."""

INSIGHTS = (0.0, 0.3, 0.6)
"""Chances that the simulated critic counts for itself; else it doubts whatever it sees."""

START, END = NEW_TEXT_TAGS
HEADINGS = f"{'critic':<28}{'first':>8}{'plain':>8}{'refined':>9}{'difference':>12}{'p':>8}"


def main() -> None:
    """Run what the arguments ask for and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", help="a model instead of the simulation")
    parser.add_argument("--critic", help="another model that criticises and rewrites")
    parser.add_argument("--task", default="object_counting", help="a name of `textgrad-lite tasks list`")
    parser.add_argument("--path", type=Path, help="the task's data, if they are not fetched")
    parser.add_argument("--limit", type=int, default=100, help="questions (default: 100)")
    parser.add_argument("--iterations", type=int, default=3, help="rewrites of an answer (default: 3)")
    parser.add_argument("--seeds", type=int, default=3, help="of the simulation (default: 3)")
    arguments = parser.parse_args()
    task = load_task(arguments.task, path=arguments.path)
    if arguments.model:
        show(arguments.model, [compare(task, arguments.model, arguments.critic, arguments)])
        return
    print(
        f"simulated: the student is right with a chance of {SKILL:.0%}; {arguments.seeds} seeds\n{HEADINGS}"
    )
    for insight in INSIGHTS:
        found = [compare(task, *simulate(SKILL, insight, seed), arguments) for seed in range(arguments.seeds)]
        show(f"counts itself in {insight:.0%}", found)


def compare(
    task: LoadedTask, model: Engine | str, critic: Engine | str | None, arguments: argparse.Namespace
) -> VoteComparison:
    """Return the comparison for one student and one critic."""
    return compare_votes(
        task,
        model,
        critic=critic,
        dataset=task.test.take(arguments.limit),
        iterations=arguments.iterations,
    )


def show(name: str, found: list[VoteComparison]) -> None:
    """Print one line: means over the seeds, and the p-value of each."""
    first, plain, refined = (
        sum(values) / len(values)
        for values in (
            [one.first.value for one in found],
            [one.samples.value for one in found],
            [one.iterates.value for one in found],
        )
    )
    p_values = ", ".join(f"{one.comparison.p_value:.3f}" for one in found)
    print(f"{name:<28}{first:>8.1%}{plain:>8.1%}{refined:>9.1%}{refined - plain:>+12.1%}   {p_values}")


def simulate(skill: float, insight: float, seed: int) -> tuple[ScriptedEngine, ScriptedEngine]:
    """Return a student and a critic that work on texts alone.

    Args:
        skill: Chance that a draw of the student, or a rewrite, counts rightly; else it is one or two off.
        insight: Chance that the critic counts for itself and says so; else it doubts the answer.
        seed: Of all chances.
    """

    def chance(*about: object) -> random.Random:
        return random.Random(f"{seed} {about}")

    def answer(request: Request) -> str:
        question = find_question(get_text(request))
        return f"Answer: {guess(question, skill, chance(question, request.sample))}"

    def judge(request: Request) -> str:
        text = get_text(request)
        question, claimed = find_question(text), re.findall(r"Answer: (-?\d+)", text)[-1]
        luck = chance("judge", question, claimed)
        if luck.random() >= insight:
            return f"It is not shown how {claimed} comes about. Count again."
        counted = guess(question, 1.0, luck)
        return "It is well founded. Keep it." if str(counted) == claimed else f"Counting gives {counted}."

    def rewrite(request: Request) -> str:
        text = get_text(request)
        question, claimed = find_question(text), re.findall(r"Answer: (-?\d+)", text)[-1]
        if "Keep it." in text:
            return f"{START}\nAnswer: {claimed}\n{END}"
        told = re.findall(r"Counting gives (-?\d+)", text)
        luck = chance("rewrite", question, claimed)
        return f"{START}\nAnswer: {told[-1] if told else guess(question, skill, luck)}\n{END}"

    student = ScriptedEngine(name="simulated").on(answer, purpose="forward")
    critic = ScriptedEngine(name="critic").on(judge, purpose="loss")
    return student, critic.on(say_as_judged, purpose="backward").on(rewrite, purpose="optimizer")


def say_as_judged(request: Request) -> str:
    """Hand on what the judge said, with the question that it was said of."""
    text = get_text(request)
    said = re.findall(r"It is well founded\. Keep it\.|Counting gives -?\d+\.|Count again\.", text)
    return f"{find_question(text)} {said[-1] if said else 'Count again.'}"


def find_question(text: str) -> str:
    """Return the last question about things in a text."""
    return str(re.findall(r"I have [^?<]*\?", text)[-1])


def guess(question: str, skill: float, luck: random.Random) -> int:
    """Count the things of the kind that is asked for, or miss by one or two."""
    kind = re.findall(r"How many (.*) do I have", question)[-1]
    total = 0
    for word, thing in re.findall(r"(a|an|one|two|three|four|five) ([a-z ]+?)(?:,|\.)", question):
        is_asked = any(thing.startswith(name.removesuffix("y")) for name in KINDS[kind])
        total += is_asked * (NUMBERS.index(word) if word in NUMBERS else 1)
    return total if luck.random() < skill else total + luck.choice([-2, -1, 1, 2])


if __name__ == "__main__":
    main()
