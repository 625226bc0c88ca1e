"""`zoo evals run SUITE`: everything a suite asks for."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.support.launch import share_out
from zoo.cli.support.options import RESULTS, Datasets, Processes, Results, Size, SuiteName, chosen_size
from zoo.cli.support.stopping import stoppable
from zoo.system import processes


def run_missing(
    suite: SuiteName,
    size: Size = "auto",
    models: Annotated[
        list[str] | None, typer.Option("--model", help="Only the rows of this model or label. Repeatable.")
    ] = None,
    dataset: Datasets = None,
    seed: Annotated[list[int] | None, typer.Option(help="Only this seed of the suite. Repeatable.")] = None,
    runs: Annotated[Path, typer.Option(help="The folder that runs go to.")] = Path("runs"),
    results: Results = RESULTS,
    count: Processes = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, name the runs, and stop.")] = False,
) -> None:
    """Run what is missing of a suite, and write its results.

    The same command again goes on where it was stopped. What has been trained, drawn or scored for the same recipe, by
    whatever command, is not done again.
    """
    from zoo.errors import ZooError
    from zoo.evals.suites import find_suite

    if not dry_run:
        share_out(count)
    with stoppable():
        chosen = find_suite(suite)
        size = chosen_size(size)
        chosen.refuse_size(size)
        datasets = chosen.chosen(dataset or [], "datasets")
        rows = chosen.chosen(models or [], "rows")
        if foreign := set(seed or ()) - set(chosen.head.seeds):
            raise ZooError(f"{chosen.name} has no seed {min(foreign)}; it has {chosen.head.seeds}.")

        from zoo.evals.planning import Planned, plan_everything
        from zoo.evals.running import run_suite
        from zoo.runs.run import Options

        def wanted(planned: Planned) -> bool:
            selected = planned.dataset in datasets and planned.row.label in rows
            return selected and planned.options.seed in (seed or chosen.head.seeds)

        options = Options(runs=runs)
        if dry_run:
            for planned in filter(wanted, plan_everything(chosen, size, options)):
                _tell(f"{planned.title}: {planned.folder.path}{'' if planned.finished else ', to be run'}")
            return
        path = run_suite(chosen, size, options, results, wanted, command=["zoo", *sys.argv[1:]], tell=_tell)
        processes.disconnect()
    _tell("")
    _tell(f"results  {path}")
    _tell(f"table    zoo evals table {shlex.quote(suite)} --size {size}")


def _tell(line: str) -> None:
    if processes.is_main():
        typer.echo(line)
