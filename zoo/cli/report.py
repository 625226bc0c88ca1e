"""`zoo report RUN RUN …`: runs side by side."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    runs: Annotated[list[Path], typer.Argument(help="The folders of two finished runs or more.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("comparison.html"),
) -> None:
    """Write one page that puts runs side by side: scores, samples, settings that differ, time and memory."""
    from zoo.errors import ZooError
    from zoo.reports.comparison import write_comparison

    if len(runs) < 2:
        raise ZooError(f"{runs[0]}: name two runs or more; the report of one is {runs[0] / 'report.html'}.")
    write_comparison(output, runs)
    typer.echo(f"report  {output}")
