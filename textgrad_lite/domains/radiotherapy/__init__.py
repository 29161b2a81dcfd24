"""Radiotherapy planning with words: the settings of a dose optimiser, improved from what the plan misses.

The outer loop of TextGrad (arXiv 2406.07496, section on treatment planning): the Variables are the objective
weights and doses of an inner optimiser, and the loss compares the plan's dose-volume numbers with clinical
goals in words.

Research software. Not for clinical use.
"""

from textgrad_lite.domains.radiotherapy.dose_volume import StructureDose
from textgrad_lite.domains.radiotherapy.figures import draw_dose_volumes
from textgrad_lite.domains.radiotherapy.goals import TG119_GOALS, Goal
from textgrad_lite.domains.radiotherapy.loss import ClinicalGoals, GoalsLoss
from textgrad_lite.domains.radiotherapy.plan import Plan, Planner, read_report
from textgrad_lite.domains.radiotherapy.planning import TreatmentPlanning
from textgrad_lite.domains.radiotherapy.pyradplan import Tg119Planner
from textgrad_lite.domains.radiotherapy.search import (
    POOR_START,
    Attempt,
    Search,
    draw_settings,
    grid_of_everything,
    grid_of_weights,
    random_settings,
    search_among,
    search_with_words,
)
from textgrad_lite.domains.radiotherapy.settings import DOSES, WEIGHTS, KeepsForm, Settings, SettingsForm
from textgrad_lite.domains.radiotherapy.simulated import SimulatedPlannerEngine

__all__ = [
    "DOSES",
    "POOR_START",
    "TG119_GOALS",
    "WEIGHTS",
    "Attempt",
    "ClinicalGoals",
    "Goal",
    "GoalsLoss",
    "KeepsForm",
    "Plan",
    "Planner",
    "Search",
    "Settings",
    "SettingsForm",
    "SimulatedPlannerEngine",
    "StructureDose",
    "Tg119Planner",
    "TreatmentPlanning",
    "draw_dose_volumes",
    "draw_settings",
    "grid_of_everything",
    "grid_of_weights",
    "random_settings",
    "read_report",
    "search_among",
    "search_with_words",
]
