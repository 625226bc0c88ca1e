"""`zoo report RUN …`: the page of a run, or runs side by side."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    runs: Annotated[list[Path], typer.Argument(help="The folder of a finished run, or of several.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The page to write; by default the run's report.html, of several comparison.html."
        ),
    ] = None,
) -> None:
    """Make the page of a finished run again, beside rows of trivial models that have been run since.

    Several runs are put side by side on one page: scores, samples, settings that differ, loss curves, time and memory.
    """
    from zoo.cli.support.stopping import NOTHING_WRITTEN, stoppable

    with stoppable(NOTHING_WRITTEN):
        if len(runs) == 1:
            from zoo.reports.run import write_run_report
            from zoo.runs.folder import RunFolder

            path = write_run_report(RunFolder(runs[0]), output)
        else:
            from zoo.reports.comparison import write_comparison

            path = output or Path("comparison.html")
            write_comparison(path, runs)
    typer.echo(f"report  {path}")
