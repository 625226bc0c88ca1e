"""`zoo evals leaderboard`: all results on one page."""

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.support.options import RESULTS, Results


def leaderboard(
    results: Results = RESULTS,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")] = Path("evals"),
) -> None:
    """Write LEADERBOARD.md and leaderboard.html from all results of the suites that ship with zoo."""
    from zoo.errors import ZooError
    from zoo.evals.leaderboard import write_leaderboard

    if not results.is_dir():
        raise ZooError(f"there is no folder {results}; `zoo evals run` makes one, --results names another.")
    for path in write_leaderboard(results, output):
        typer.echo(str(path))
