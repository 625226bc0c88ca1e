"""The page of a run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from zoo.data.opening import Data, open_data
from zoo.discovery import emit
from zoo.errors import ZooError
from zoo.interfaces.domain import Domain
from zoo.pretrained.index import read_index
from zoo.recipes.catalogue import OURS
from zoo.reports.page import Page, score_tables, shown_environment, write_report
from zoo.reports.trivial import is_trivial, trivial_rows
from zoo.runs.folder import RunFolder
from zoo.runs.projection import read_projection
from zoo.runs.results import Results, read_results
from zoo.runs.stages import Record
from zoo.scores.scoring import held_out_beside, spreads
from zoo.system import processes
from zoo.system.locks import locked


def finish_run(run: RunFolder) -> None:
    """Write the page of a run that has just ended, and tell plugins that it is finished. Of the processes that share
    the run, each must call it."""
    with locked(run.path):
        write_run_report(run)
    if processes.is_main():
        emit("finish", run.path, {})


def write_run_report(run: RunFolder, path: Path | None = None) -> Path:
    """Write the page of a finished run, by default to its folder, and return where it lies.

    It is made from the folder, from the data that the recipe names, built first if they are not there, and from runs of
    trivial models that lie beside. ZooError if the run is not finished, or if its data cannot be had any more.

    Of the processes that share a run each must call it, as they open the data together; the main one writes.
    """
    path = path or run.report
    # Others may not see yet what the main process has just written.
    results = read_results(run.path) if processes.is_main() else None
    data = _open(run, processes.agreed(results and results.dataset))
    if results:
        write_report(path, _page(run, results, data))
    return path


def _open(run: RunFolder, block: Any) -> Data:
    try:
        return open_data(block)
    except ZooError as error:
        raise ZooError(*(f"{run.path}: its page shows its data: {problem}" for problem in error.problems)) from error


def _page(run: RunFolder, results: Results, data: Data) -> Page:
    provenance = results.provenance
    checksum = data.checksum[:16]
    if provenance["dataset_checksum"] != checksum:
        raise ZooError(
            f"{run.path}: its page shows its data, which are not there: those that its recipe names are others by now "
            f"(checksum {checksum}, and the run's is {provenance['dataset_checksum']})."
        )
    dataset = provenance["dataset"].removesuffix(OURS)
    count = len(results.samples)
    trivial = {}
    if not is_trivial(results.recipe):
        trivial = trivial_rows(run.path.resolve().parents[1], checksum, count, results.evaluators)
    held_out = held_out_beside(results.samples, data)
    return Page(
        title=f"{provenance['model']} on {dataset}",
        summary=read_index(run.model).summary,
        provenance={name: _said(name, value) for name, value in provenance.items()},
        environment=shown_environment(results.environment),
        card=data.card,
        scores=score_tables(dataset, results.evaluators, results.scores, results.held_out, trivial),
        samples=count,
        held_out=len(held_out),
        figures=[*data.domain.figures(results.samples), *data.domain.compare(results.samples, data.train)],
        spreads=spreads(results.samples, held_out, data.domain),
        projection=read_projection(run.latents),
        stages=results.stages,
        levels=_levels(results.stages, held_out, data.domain),
        scoring=results.scoring,
        command=results.environment.command,
        recipe=yaml.safe_dump(results.recipe, sort_keys=False, allow_unicode=True),
    )


def _levels(records: Sequence[Record], held_out: np.ndarray, domain: Domain) -> dict[str, dict[str, float]]:
    """The mean of what the domain says of held-out structures, and of as many whose every value comes from its
    own place in a structure of its own. Nothing where no training has drawn samples to compare."""
    if not any("samples" in point for record in records for point in record.history):
        return {}
    sets = {"held-out data": held_out, "independent values": np.random.default_rng(0).permuted(held_out, axis=0)}
    levels: dict[str, dict[str, float]] = {}
    for label, structures in sets.items():
        for name, values in domain.describe(structures).items():
            levels.setdefault(name, {})[label] = float(values.mean())
    return levels


def _said(name: str, value: Any) -> Any:
    """Counts with thousands separated. A seed is a name, not a count; no mixed precision is float32."""
    if (name, value) == ("precision", "no"):
        return "float32"
    return f"{value:,}" if isinstance(value, int) and name != "seed" else value
