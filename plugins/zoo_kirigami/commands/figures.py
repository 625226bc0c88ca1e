"""`zoo kirigami-figures`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo import ZooError, whole_file

if TYPE_CHECKING:
    import numpy as np

    from zoo import Results
    from zoo_kirigami.components.cut_pattern import CutPattern

UNIFORM_CELLS = 10_000


def kirigami_figures(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs on one and the same data.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write the figures to.")],
) -> None:
    """Draw figures 5 to 8 of Felsch & Slesarenko from runs of yours: training curves, rotations, neighbours."""
    results = _named(runs)
    output.mkdir(parents=True, exist_ok=True)
    for name, svg in _figures(results):
        path = output / f"{name}.svg"
        with whole_file(path) as temporary:
            temporary.write_text(svg, encoding="utf-8")
        typer.echo(f"figure  {path}")
    silent = [name for name, result in results.items() if "crossings" not in result.previews]
    if silent:
        typer.echo(f"No curve of {', '.join(silent)}: no samples were drawn in training (see `preview`).", err=True)


def _named(runs: Sequence[Path]) -> dict[str, "Results"]:
    """The results by the names of their models, with those of the runs where models are the same."""
    from zoo import read_results

    problems: list[str] = []
    results = []
    for run in runs:
        try:
            results.append(read_results(run))
        except ZooError as error:
            problems += error.problems
    if len({result.provenance["dataset_checksum"] for result in results}) > 1:
        problems.append("these runs do not have the same data; draw a figure for each.")
    if problems:
        raise ZooError(*problems)
    models = [result.provenance["model"] for result in results]
    names = [m if models.count(m) == 1 else f"{m}, {run.name}" for m, run in zip(models, runs, strict=True)]
    return dict(zip(names, results, strict=True))


def _uniform(domain: "CutPattern") -> "np.ndarray":
    """Cells whose every cut is drawn evenly within its range: the dotted line of figure 7a."""
    import numpy as np

    from zoo_kirigami.cuts.geometry import base_angles

    base = base_angles(domain.structure.shape[0])
    limit = domain.max_rotation
    return base + np.random.default_rng(0).uniform(-limit, limit, (UNIFORM_CELLS, *base.shape))


def _figures(results: Mapping[str, "Results"]) -> Iterator[tuple[str, str]]:
    """Names and SVGs."""
    from zoo import open_data
    from zoo_kirigami.components.cut_pattern import CutPattern
    from zoo_kirigami.cuts.geometry import crossings
    from zoo_kirigami.drawing.curves import curves_svg
    from zoo_kirigami.drawing.histograms import neighbours_svg, rotations_svg
    from zoo_kirigami.statistics.pairs import angle_histogram, pair_histogram, shuffled

    data = open_data(next(iter(results.values())).dataset)
    domain = data.domain
    if not isinstance(domain, CutPattern):
        raise ZooError(f"the structures of these runs are not cut patterns but {type(domain).__name__}.")
    train = data.train.array()
    cells = {"training data": train, **{name: result.samples for name, result in results.items()}}
    limit = domain.max_rotation
    yield "rotations", rotations_svg({name: angle_histogram(part, limit) for name, part in cells.items()}, limit)
    yield "neighbours", neighbours_svg({name: pair_histogram(part, limit) for name, part in cells.items()}, limit)
    levels = {
        "independent draws": float(crossings(shuffled(train), domain.cut_length).mean()),
        "uniform cuts": float(crossings(_uniform(domain), domain.cut_length).mean()),
    }
    curves = {name: result.previews["crossings"] for name, result in results.items() if "crossings" in result.previews}
    if curves:
        yield "crossings", curves_svg(curves, levels, "mean crossings")
        shares = {name: results[name].previews["admissible"] for name in curves}
        yield "admissible", curves_svg(shares, {}, "share of cells without crossings")
