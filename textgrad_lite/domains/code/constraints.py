"""What a rewrite of a program must fulfil, whatever else it gains."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from textgrad_lite.domains.code.examination import Examiner
from textgrad_lite.domains.code.wording import render_report
from textgrad_lite.optimizers.constraints import Constraint, ParsesAsPython


@dataclass(frozen=True)
class DefinesFunction(Constraint):
    """The program is Python and defines a function with a certain name, anywhere.

    Args:
        name: The name.
    """

    name: str

    def check(self, old: str, new: str, /) -> str | None:
        """Parse the program; it is not run."""
        if violation := ParsesAsPython().check(old, new):
            return violation
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        names = {node.name for node in ast.walk(ast.parse(new)) if isinstance(node, functions)}
        return None if self.name in names else f"The program must define the function {self.name}."

    def describe(self, _old: str, /) -> str:
        """State the demand."""
        return (
            f"The text must be Python code only, without a code fence or any explanation, "
            f"and define the function {self.name}."
        )


@dataclass(frozen=True)
class PassesAll(Constraint):
    """The program passes tests, which are run in a sandbox.

    Args:
        examiner: Runs the tests.
    """

    examiner: Examiner

    def check(self, _old: str, new: str, /) -> str | None:
        """Run the tests. Blocks."""
        report = self.examiner.examine(new)
        return None if report.is_passed else render_report(report, shown=1)

    def describe(self, _old: str, /) -> str:
        """State the demand."""
        return "The program must give the same results as before."
