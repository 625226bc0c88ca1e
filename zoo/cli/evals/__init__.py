"""`zoo evals`: suites and the leaderboard, a command per file."""

import typer

from zoo.cli.evals.compare import compare
from zoo.cli.evals.leaderboard import leaderboard
from zoo.cli.evals.list import list_suites
from zoo.cli.evals.run import run_missing
from zoo.cli.evals.table import table

evals = typer.Typer(no_args_is_help=True, help="Run suites of models, and compare what came of them.")
evals.command("list", short_help="Name the suites, and what has been measured.")(list_suites)
evals.command("run", short_help="Run what is missing of a suite.")(run_missing)
evals.command(short_help="Print a suite's tables, with the published ones beside.")(table)
evals.command(short_help="Say in which scores two runs differ.")(compare)
evals.command(short_help="Write the leaderboard from all results.")(leaderboard)
