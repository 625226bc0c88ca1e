"""The runs that a suite asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zoo.errors import ZooError
from zoo.evals.suites import Row, Suite
from zoo.recipes import Recipe, resolve, resolve_dataset
from zoo.recipes.yaml_lines import Marked
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, run_folder


@dataclass(frozen=True)
class Planned:
    """A run that a suite asks for."""

    row: Row
    dataset: str
    recipe: Recipe
    options: Options

    @property
    def folder(self) -> RunFolder:
        """The folder of the run."""
        return run_folder(self.recipe, self.options)

    @property
    def name(self) -> str:
        """`<model>.<dataset>/<folder>`, which is another when the recipe is."""
        return "/".join(self.folder.path.parts[-2:])

    @property
    def title(self) -> str:
        """Row, dataset and seed, for messages."""
        return f"{self.row.label}, {self.dataset}, seed {self.options.seed}"

    @property
    def finished(self) -> bool:
        """Whether the run is there."""
        return self.folder.finished


def plan_suite(
    suite: Suite,
    size: str,
    options: Options,
    *,
    datasets: Sequence[str],
    rows: Sequence[str],
    seeds: Sequence[int],
    folder: Path | None = None,
) -> list[Planned]:
    """The runs of these datasets, rows and seeds: seed by seed, so that a whole table is there early. ZooError lists
    everything that is wrong with any of their recipes. `folder` is where the user's registry.yaml lies."""
    recipes: dict[tuple[str, str], Recipe] = {}
    problems: dict[str, None] = {}
    chosen = [row for row in suite.rows if row.label in rows]
    for dataset in datasets:
        try:
            layers = _layers(suite, dataset, size, folder)
        except ZooError as error:
            problems |= dict.fromkeys(line for row in chosen for line in _lines(row, error))
            continue
        for row in chosen:
            changes = [*layers, *row.changes(size)]
            try:
                recipes[dataset, row.label] = resolve(row.model, dataset, size=size, changes=changes, folder=folder)
            except ZooError as error:
                problems |= dict.fromkeys(_lines(row, error))
    if problems:
        raise ZooError(*problems)
    return [
        Planned(row, dataset, recipes[dataset, row.label], replace(options, seed=seed))
        for seed in seeds
        for dataset in datasets
        for row in chosen
    ]


def plan_everything(suite: Suite, size: str, options: Options) -> list[Planned]:
    """All runs of a suite at one size."""
    head, rows = suite.head, suite.chosen([], "rows")
    return plan_suite(suite, size, options, datasets=head.datasets, rows=rows, seeds=head.seeds)


def _layers(suite: Suite, dataset: str, size: str, folder: Path | None) -> list[Marked]:
    """What the suite says of every recipe: its evaluators instead of the dataset's, and how many samples."""
    usual = resolve_dataset(dataset, folder=folder).evaluators
    without = {name: Marked(None, suite.evaluators.origin) for name in usual}
    count = suite.count(size)
    generate = Marked({"count": count}, count.origin)
    return [
        Marked({"evaluators": Marked(without, suite.evaluators.origin)}, suite.evaluators.origin),
        Marked({"evaluators": suite.evaluators, "generate": generate}, suite.evaluators.origin),
    ]


def _lines(row: Row, error: ZooError) -> list[str]:
    """The problems of a row's recipe. Those that come from elsewhere are told with the row."""
    file = row.origin.rpartition(":")[0]
    return [line if line.startswith(f"{file}:") else f"{row.origin}: {row.label}: {line}" for line in error.problems]
