"""How many optimiser steps of each model a budget of core-minutes buys, for suites that give all models the same.

    OMP_NUM_THREADS=1 python benchmarks/pace.py MODEL … [--minutes 30] [--size small] [--dataset metashell] [--set …]

Each stage is trained for 30 steps on few data; its pace is the median time between two of them, on the clock of the
wall: run it with nothing beside it. The budget is shared out among the stages of a model as its recipe shares out
time. Printed are, for each stage, milliseconds a step, the steps that its share of the budget buys, and the cells that
they see; then the seconds of drawing 100 samples.
"""

import argparse
import json
import statistics
import tempfile
from itertools import pairwise
from pathlib import Path

from zoo.data.opening import open_data
from zoo.recipes.recipe import Recipe, resolve
from zoo.runs.run import Options, run

STEPS = 30
SAMPLES = 20
ITEMS = 160


def measured(arguments: argparse.Namespace, model: str) -> tuple[dict[str, float], float]:
    """Seconds a step of each stage, and seconds of drawing SAMPLES samples."""
    stages = _resolved(arguments, model).train
    quick = [f"train.{name}.steps={STEPS}" for name in stages] + [f"train.{name}.epochs=null" for name in stages]
    recipe = _resolved(arguments, model, *quick, f"dataset.count={ITEMS}", f"generate.count={SAMPLES}")
    with tempfile.TemporaryDirectory() as folder:
        path = run(recipe, Options(runs=Path(folder)), ["pace"]).path
        log = [json.loads(line) for line in (path / "log.jsonl").read_text().splitlines()]
        records = json.loads((path / "stages.json").read_text())["stages"]
    paces = {}
    for name in recipe.train:
        times = [line["time"] for line in log if any(key.startswith(f"{name}/") and "/train/" in key for key in line)]
        paces[name] = statistics.median(later - earlier for earlier, later in pairwise(times))
    return paces, next(record["seconds"] for record in records if record["name"] == "samples")


def lines(arguments: argparse.Namespace, model: str) -> list[str]:
    """What is printed of a model."""
    recipe = _resolved(arguments, model)
    paces, drawing = measured(arguments, model)
    items = len(open_data(recipe.dataset_block, quiet=True).train)
    wanted = {
        name: paces[name] * (train.steps or train.epochs * items / train.batch) for name, train in recipe.train.items()
    }
    rows = []
    for name, train in recipe.train.items():
        steps = int(60 * arguments.minutes * wanted[name] / sum(wanted.values()) / paces[name])
        rows.append(
            f"{model:20} {name:16} {1000 * paces[name]:8.1f} ms a step {steps:8,} steps of {train.batch:4} = "
            f"{steps * train.batch:10,} cells, {steps * train.batch / items:6.2f} epochs; the recipe's take "
            f"{wanted[name] / 60:.1f} minutes"
        )
    return [*rows, f"{model:20} {'100 samples':16} {100 * drawing / SAMPLES:8.1f} s"]


def _resolved(arguments: argparse.Namespace, model: str, *overrides: str) -> Recipe:
    return resolve(model, arguments.dataset, size=arguments.size, overrides=[*arguments.set, *overrides])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--size", default="small")
    parser.add_argument("--dataset", default="metashell")
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    for model in arguments.models:
        print("\n".join(lines(arguments, model)), flush=True)


if __name__ == "__main__":
    main()
