"""Planning as a function of the graph: settings in, the report of the plan out."""

from __future__ import annotations

from textgrad_lite.domains.radiotherapy.plan import PRESCRIPTION, Plan, Planner
from textgrad_lite.domains.radiotherapy.settings import DOSES, WEIGHTS, Settings
from textgrad_lite.functions import Module, function
from textgrad_lite.graph import Variable

PURPOSE = (
    "An inner optimiser finds the radiation dose that is best by three objectives, each times its weight: "
    "the squared deviation from the target dose, the square of what exceeds the core dose, and the square of "
    "what exceeds the body dose, each as a mean over the structure. Only the ratios of the weights matter. "
    "The output reports the dose that came out. D95 is what 95 % of the structure get at least, D5 what the "
    f"hottest 5 % get; homogeneity is (D5 - D95) / {PRESCRIPTION:g} Gy, and the smaller the better."
)
"""What a critic is told of the inner optimiser."""


class TreatmentPlanning(Module):
    """Turns two texts of settings into the report of a plan.

    Args:
        planner: Makes the plans.
        start: The settings to begin with.

    Attributes:
        weights: Text of the weights.
        doses: Text of the doses.
        plans: The plan of each call, in order. Equal settings are planned once and listed again.
    """

    def __init__(self, planner: Planner, start: Settings) -> None:
        self.weights = Variable(
            WEIGHTS.write(start.weights), role_description="weights of the three objectives"
        )
        self.doses = Variable(
            DOSES.write(start.doses), role_description="doses in Gy that the three objectives refer to"
        )
        self.plans: list[Plan] = []
        self._known: dict[tuple[float, ...], Plan] = {}
        self._planner = planner
        self._report = function(purpose=PURPOSE, role_description="report of a treatment plan", serial=True)(
            self._plan
        )

    def forward(self) -> Variable:
        """Make the plan of the settings as they are now; its report is pending.

        Raises:
            FunctionError: When the report is read, if the texts are not of their form.
        """
        return self._report(self.weights, self.doses)

    def _plan(self, weights: str, doses: str) -> str:
        settings = Settings.read(weights, doses)
        if settings.key not in self._known:
            self._known[settings.key] = self._planner.plan(settings)
        self.plans.append(self._known[settings.key])
        return self.plans[-1].report
