"""Reports: a run as a page, beside other runs, and its prompt in the formats of other tools."""

from textgrad_lite.report.comparison import Contest, RunComparison, compare_runs
from textgrad_lite.report.exporting import FORMATS, Prompt, export_prompt
from textgrad_lite.report.figures import Figure, read_figures
from textgrad_lite.report.page import REPORT, render_report, write_report

__all__ = [
    "FORMATS",
    "REPORT",
    "Contest",
    "Figure",
    "Prompt",
    "RunComparison",
    "compare_runs",
    "export_prompt",
    "read_figures",
    "render_report",
    "write_report",
]
