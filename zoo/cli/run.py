"""`zoo run MODEL --dataset D`: train, sample, evaluate, report."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.support.launch import share_out
from zoo.cli.support.options import Configs, Overrides, Processes, Size, chosen_size
from zoo.cli.support.stopping import stoppable
from zoo.cli.support.tables import print_scores
from zoo.system import processes

if TYPE_CHECKING:
    from zoo.recipes import Recipe
    from zoo.runs.folder import RunFolder
    from zoo.runs.run import Options


def run(
    model: Annotated[str, typer.Argument(help="A model; `zoo list` names them.")],
    dataset: Annotated[str, typer.Option("--dataset", "-d", help="A dataset, or one of its editions: name@edition.")],
    size: Size = "auto",
    overrides: Overrides = None,
    configs: Configs = None,
    seed: Annotated[int, typer.Option(min=0, help="Everything random follows from it.")] = 0,
    precision: Annotated[str, typer.Option(help="no (float32), bf16 or fp16.")] = "no",
    tracker: Annotated[
        list[str] | None, typer.Option(help="Also log to one of Accelerate's trackers: tensorboard, wandb, …")
    ] = None,
    runs: Annotated[Path, typer.Option(help="The folder that runs go to.")] = Path("runs"),
    name: Annotated[str | None, typer.Option(help="Name of the run's folder.")] = None,
    count: Processes = 1,
    checkpoint_every: Annotated[float, typer.Option(min=0, help="Seconds between checkpoints.")] = 60.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and show everything, and stop.")] = False,
) -> None:
    """Train MODEL on a dataset, draw unit cells, score them, and write a report.

    The same command again goes on where it was stopped, and repeats only what has changed.
    """
    from zoo.errors import ZooError, did_you_mean

    if precision not in ("no", "bf16", "fp16"):
        raise ZooError(f"--precision {precision!r} is unknown.{did_you_mean(precision, ['no', 'bf16', 'fp16'])}")
    if not dry_run:
        share_out(count)

    with stoppable():
        from zoo.recipes import resolve

        recipe = resolve(model, dataset, size=chosen_size(size), configs=configs or (), overrides=overrides or ())

        from zoo.reports.run import finish_run
        from zoo.runs.run import Options, run as do

        options = Options(seed, precision, tuple(tracker or ()), runs, name, checkpoint_every)
        if dry_run:
            _show_plan(recipe, options)
            return
        finished = do(recipe, options, ["zoo", *sys.argv[1:]])
        finish_run(finished)
        processes.disconnect()
    if processes.is_main():
        _show_result(finished)


def _show_plan(recipe: "Recipe", options: "Options") -> None:
    import yaml

    from zoo.runs.run import plan

    typer.echo(yaml.safe_dump(recipe.to_dict(), sort_keys=False).rstrip())
    typer.echo()
    for line in plan(recipe, options):
        typer.echo(line)


def _show_result(finished: "RunFolder") -> None:
    from zoo.runs.results import read_results

    results = read_results(finished.path)
    rows = {
        (evaluator, name): (evaluator, name, f"{score.value:.4g} {score.unit}".rstrip())
        for evaluator, group in results.scores.items()
        for name, score in group.items()
    }
    print_scores(("scored by", "score", "value"), rows, results.evaluators)
    typer.echo()
    typer.echo(f"report      {finished.report}")
    typer.echo(f"weights     {finished.model}")
    typer.echo(f"unit cells  {finished.samples}")
