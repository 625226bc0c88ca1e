"""`zoo report RUN RUN …`: runs side by side."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    runs: Annotated[list[Path], typer.Argument(help="The folders of two finished runs or more.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("comparison.html"),
) -> None:
    """Put runs side by side on one page: scores, samples, settings that differ, loss curves, time and memory."""
    from zoo.errors import ZooError
    from zoo.reports.comparison import write_comparison

    if len(runs) < 2:
        raise ZooError(f"{runs[0]}: name two runs or more; the report of one is {runs[0] / 'report.html'}.")
    write_comparison(output, runs)
    typer.echo(f"report  {output}")
