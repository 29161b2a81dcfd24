"""Several constraints together."""

from textgrad_lite.optimizers.constraints import Constraint, Matches, MaxLength, first_violation


def test_the_first_violation_counts() -> None:
    constraints: list[Constraint] = [MaxLength(characters=9), Matches("a", "Say a."), Matches("b", "Say b.")]

    assert first_violation(constraints, "", "ccc") == "Say a."
    assert first_violation(constraints, "", "ab") is None


def test_a_constraint_need_not_describe_itself() -> None:
    class Silent(Constraint):
        def check(self, _old: str, _new: str, /) -> str | None:
            return None

    assert Silent().describe("old") == ""
