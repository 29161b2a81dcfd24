"""A planner that is a few formulas: fast, exact, and of the same nature as the real one."""

from __future__ import annotations

from textgrad_lite.domains.radiotherapy import Plan, Settings, StructureDose

GOOD = Settings({"target": 100.0, "core": 50.0, "body": 50.0}, {"target": 50.0, "core": 20.0, "body": 30.0})


class FormulaPlanner:
    """Weights pull each structure towards the dose of its objective; what one gains the others lose.

    Attributes:
        asked: The settings of every plan that was made.
    """

    def __init__(self) -> None:
        self.asked: list[Settings] = []

    def plan(self, settings: Settings) -> Plan:
        """Make a plan of eleven voxels a structure."""
        self.asked.append(settings)
        weights, doses = settings.weights, settings.doses
        total = sum(weights.values())
        share = {name: weight / total for name, weight in weights.items()}
        spread = 12 * (1 - share["target"])
        core = doses["core"] + 12 * (1 - share["core"])
        body = doses["body"] + 35 * (1 - share["body"])
        return Plan(
            settings,
            {
                "target": StructureDose([doses["target"] + spread * (step - 5) / 10 for step in range(11)]),
                "core": StructureDose([core * step / 10 for step in range(11)]),
                "body": StructureDose([body * step / 10 for step in range(11)]),
            },
        )
