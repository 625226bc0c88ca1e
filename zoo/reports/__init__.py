"""One self-contained HTML page per run."""

from zoo.reports.page import Cost, Page, ScoreTable, Spread, write_report
from zoo.reports.projection import project_latents, read_projection, write_projection
from zoo.reports.run import write_run_report

__all__ = [
    "Cost",
    "Page",
    "ScoreTable",
    "Spread",
    "project_latents",
    "read_projection",
    "write_projection",
    "write_report",
    "write_run_report",
]
