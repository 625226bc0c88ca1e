"""One page for several runs: what sets them apart, and their scores, samples and costs side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from zoo.building.builder import build
from zoo.errors import ZooError
from zoo.interfaces.domain import Domain, Figure
from zoo.interfaces.score import Score
from zoo.pretrained.index import read_index
from zoo.reports.charts import Curve, curves_chart
from zoo.reports.page import curve, template
from zoo.reports.trivial import is_trivial
from zoo.runs.folder import RunFolder
from zoo.runs.results import read_results
from zoo.runs.stages import Record
from zoo.scores.remarks import remarks_on
from zoo.system.files import write_text
from zoo.training.loop import Point


@dataclass(frozen=True)
class Row:
    """A value for each run, None where a run has none."""

    name: str
    values: Sequence[Any]

    @property
    def differs(self) -> bool:
        """Whether the runs have different values."""
        return any(value != self.values[0] for value in self.values)


@dataclass(frozen=True)
class ScoreRows:
    """The scores of one evaluator by the runs that have it; `held_out` are those of held-out data of each run."""

    name: str
    head: Mapping[str, Score]
    runs: Sequence[Mapping[str, Score]]
    held_out: Sequence[Mapping[str, Score]]
    remarks: Mapping[str, str]
    """Remarks on scores in which trivial models win, or models do better than real structures."""


@dataclass(frozen=True)
class Loss:
    """A loss term in every run that has it."""

    name: str
    chart: Markup


def write_comparison(path: Path, folders: Sequence[Path]) -> None:
    """Write the page. ZooError unless each folder is that of a finished run, all at once."""
    runs: list[_Run] = []
    problems: list[str] = []
    for folder in folders:
        try:
            runs.append(_Run(folder))
        except ZooError as error:
            problems += error.problems
    if problems:
        raise ZooError(*problems)
    names = _names(folders)
    checksums = {run.results.provenance["dataset_checksum"] for run in runs}
    page = template("comparison.html").render(
        title=" and ".join(names) if len(names) < 3 else f"{len(names)} runs",
        names=names,
        same_data=len(checksums) == 1,
        provenance=list(_rows([_worded(run.results.provenance) for run in runs])),
        settings=[row for row in _rows([dict(flat(run.results.recipe)) for run in runs]) if row.differs],
        scores=list(_scores(runs, names if len(checksums) == 1 else None)),
        figures=[run.figures for run in runs],
        samples=[len(run.results.samples) for run in runs],
        stages=list(_rows([run.stages for run in runs])),
        losses=_losses(names, [run.stages for run in runs]),
        folders=[str(folder) for folder in folders],
    )
    write_text(path, page)


class _Run:
    """What the page tells of one run."""

    def __init__(self, folder: Path) -> None:
        self.results = read_results(folder)
        self.trivial = is_trivial(self.results.recipe)
        domain = build(Domain, read_index(RunFolder(folder).model).domain)
        self.figures: Sequence[Figure] = domain.figures(self.results.samples)[:1]
        self.stages = {record.name: record for record in self.results.stages}


def _names(folders: Sequence[Path]) -> list[str]:
    """The runs' folders, each with as many parents as tell it from the others."""
    parts = [folder.resolve().parts for folder in folders]
    for depth in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-depth:]) for part in parts]
        if len(set(names)) == len(names):
            return names
    raise ZooError("a run was named twice.")


def _rows(columns: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """The keys of all columns in the order of their first appearance, with the value in each."""
    for name in dict.fromkeys(name for column in columns for name in column):
        yield Row(name, [column.get(name) for column in columns])


def _worded(provenance: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", " "): value for name, value in provenance.items()}


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of a recipe by their dotted paths."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _scores(runs: Sequence[_Run], names: Sequence[str] | None) -> Iterator[ScoreRows]:
    """`names` are those of the runs, unless their data differ."""
    results = [run.results for run in runs]
    for name in dict.fromkeys(name for result in results for name in result.scores):
        groups = [result.scores.get(name, {}) for result in results]
        head = {score: measured for group in reversed(groups) for score, measured in group.items()}
        remarks = {score: _remark(name, score, head[score], groups, runs, names) for score in head} if names else {}
        yield ScoreRows(name, head, groups, [result.held_out.get(name, {}) for result in results], remarks)


def _remark(
    of: str, score: str, head: Score, groups: Sequence[Mapping[str, Score]], runs: Sequence[_Run], names: Sequence[str]
) -> str:
    """What must be said of a score of the evaluator `of`."""
    models, trivial = (
        {
            name: group[score].value
            for name, group, run in zip(names, groups, runs, strict=True)
            if score in group and run.trivial == wanted
        }
        for wanted in (False, True)
    )
    intervals = {
        name: group[score].interval
        for name, group, run in zip(names, groups, runs, strict=True)
        if score in group and not run.trivial
    }
    held_out = next((run.results.held_out[of][score].value for run in runs if _knows(run, of, score)), None)
    return remarks_on(models, trivial, intervals, held_out, higher_is_better=head.higher_is_better)


def _knows(run: _Run, evaluator: str, score: str) -> bool:
    """Whether the run has this score of held-out data."""
    return score in run.results.held_out.get(evaluator, {})


def _losses(names: Sequence[str], columns: Sequence[Mapping[str, Record]]) -> dict[str, list[Loss]]:
    """The loss terms of each stage: on held-out data, or where a run has no such, on training data."""
    losses: dict[str, list[Loss]] = {}
    for stage in dict.fromkeys(name for column in columns for name in column):
        histories = [column[stage].history if stage in column else () for column in columns]
        points = [point for history in histories for point in history]
        for player, term in dict.fromkeys(
            (point["player"], term) for point in points for term in point.get("terms", {})
        ):
            curves = {name: _loss(history, player, term) for name, history in zip(names, histories, strict=True)}
            if any(curves.values()):
                name = term if player == stage else f"{player}: {term}"
                losses.setdefault(stage, []).append(Loss(name, curves_chart(f"{stage}, {name}", curves)))
    return losses


def _loss(history: Sequence[Point], player: str, term: str) -> Curve:
    points = [point for point in history if point.get("player") == player]
    return curve(points, "held_out", term) or curve(points, "terms", term)
