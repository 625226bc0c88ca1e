"""One self-contained HTML page per run."""

from zoo.reports.page import Page, ScoreTable, write_report
from zoo.reports.run import write_run_report

__all__ = ["Page", "ScoreTable", "write_report", "write_run_report"]
