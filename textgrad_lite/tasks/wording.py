"""The starting prompts of tasks, and what they share.

Prompts of the paper stand here word for word, since a result that is to be compared with it has to start from
them; the source stands beside each. All others are our own.
"""

from __future__ import annotations

PAPER_REASONING = (
    "You will answer a reasoning question. Think step by step. The last line of your response should be of "
    "the following format: 'Answer: $VALUE' where VALUE is a numerical value."
)
"""textgrad's for all of BIG-Bench Hard (textgrad/tasks/big_bench_hard.py, MIT), word sorting included, whose
answers are no numbers."""

PAPER_MATHS = (
    "You will answer a mathemetical reasoning question. Think step by step. The last line of your response "
    "should be of the following format: 'Answer: $VALUE' where VALUE is a numerical value."
)
"""textgrad's for GSM8K (textgrad/tasks/gsm8k.py, MIT), spelt as there."""

CHOICE_FORM = "the letter of the right option in parentheses, such as (A)"


def reasoning_prompt(form: str) -> str:
    """A starting prompt for a question that needs reasoning.

    Args:
        form: What is to stand behind ``Answer:`` in the last line.
    """
    return (
        "You will be asked a question that needs some reasoning. Work it out step by step. "
        f"Write the answer in a last line of its own: 'Answer: ' and then {form}."
    )
