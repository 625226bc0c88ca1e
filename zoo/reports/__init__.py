"""One self-contained HTML page per run."""

from zoo.reports.page import Cost, Page, ScoreTable, Spread, write_report
from zoo.reports.projection import project_latents
from zoo.reports.run import write_run_report

__all__ = ["Cost", "Page", "ScoreTable", "Spread", "project_latents", "write_report", "write_run_report"]
