"""The content of a report page, and its making into one HTML file that needs no other."""

import base64
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jinja2 import Environment as Jinja, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from zoo.interfaces.dataset import Card
from zoo.interfaces.domain import Figure
from zoo.interfaces.score import Score
from zoo.reports.charts import histogram, line_chart, scatter
from zoo.reports.trivial import Rows
from zoo.runs.projection import Projection
from zoo.runs.results import Environment
from zoo.runs.stages import Record
from zoo.scores.papers import PublishedTable, published
from zoo.scores.remarks import remarks_on
from zoo.scores.scoring import Cost, Spread, headline
from zoo.scores.words import duration, number, size
from zoo.system.files import write_text
from zoo.training.loop import Point


@dataclass(frozen=True)
class ScoreTable:
    """The scores of one evaluator: of the run's samples, of real structures for comparison, and in papers."""

    name: str
    settings: Mapping[str, object]
    """The evaluator's recipe block."""
    scores: Mapping[str, Score]
    held_out: Mapping[str, Score]
    """The same scores of structures of the dataset that the model has not seen."""
    published: Sequence[PublishedTable] = ()
    trivial: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Score -> trivial model -> value, of those that have been run beside; empty where this is one itself."""
    headline: Sequence[str] = ()
    """The scores to look at first."""

    @property
    def first(self) -> list[str]:
        """Names of the scores to show first."""
        return [name for name in self.headline if name in self.scores]

    @property
    def others(self) -> list[str]:
        """Names of all other scores."""
        return [name for name in self.scores if name not in self.headline]

    @property
    def remarks(self) -> dict[str, str]:
        """Score -> that trivial models beat this run in it, or this run real structures."""
        remarks = {name: self._remark(name, score) for name, score in self.scores.items()}
        return {name: text for name, text in remarks.items() if text}

    def _remark(self, name: str, score: Score) -> str:
        held_out = self.held_out.get(name)
        real, trivial = held_out.value if held_out else None, self.trivial.get(name, {})
        higher = score.higher_is_better
        return remarks_on({"": score.value}, trivial, {"": score.interval}, real, higher_is_better=higher)

    @property
    def component(self) -> str:
        """Name of the evaluator's component."""
        return str(self.settings["use"])

    @property
    def label(self) -> str:
        """The evaluator's arguments, or its name where it has none."""
        return ", ".join(f"{name}: {value}" for name, value in self.settings.items() if name != "use") or self.name


def score_tables(
    dataset: str,
    evaluators: Mapping[str, Mapping[str, object]],
    scores: Mapping[str, Mapping[str, Score]],
    held_out: Mapping[str, Mapping[str, Score]],
    trivial: Rows,
) -> list[ScoreTable]:
    """A table for each evaluator, with what papers say of a dataset, whatever its edition. `scores` and `held_out` are
    evaluator -> score."""
    name = dataset.partition("@")[0]
    return [
        ScoreTable(
            name=evaluator,
            settings=evaluators[evaluator],
            scores=group,
            held_out=held_out.get(evaluator, {}),
            published=published(name, evaluators[evaluator]),
            trivial=trivial.get(evaluator, {}),
            headline=headline(evaluators[evaluator]),
        )
        for evaluator, group in scores.items()
        if group
    ]


def shown_environment(environment: Environment) -> dict[str, str]:
    """What a page says of the machine: versions of what is installed, and the platform."""
    versions = {name: version for name, version in environment.versions.items() if version is not None}
    return {"python": environment.python, **versions, "platform": environment.platform}


@dataclass(frozen=True)
class Page:
    """A report. Mappings are shown in their order."""

    title: str
    summary: str
    provenance: Mapping[str, object]
    """What every number on the page must be quoted with."""
    environment: Mapping[str, object]
    card: Card
    """Card of the dataset."""
    scores: Sequence[ScoreTable]
    samples: int
    held_out: int
    """How many structures are scored: of the run, and of the data beside them."""
    figures: Sequence[Figure]
    spreads: Sequence[Spread]
    projection: Projection | None
    stages: Sequence[Record]
    levels: Mapping[str, Mapping[str, float]]
    """Name -> level -> value, of the numbers that `spreads` has: dashed lines beside the curves of samples drawn in
    training."""
    scoring: Cost | None
    command: str | None
    """Neither is known of a run of an older zoo."""
    recipe: str
    """The resolved recipe as YAML."""


def write_report(path: Path, page: Page) -> None:
    """Write the page as one HTML file: pictures inlined, nothing fetched. Scripts run in the frames of interactive
    figures alone, where they reach neither the page nor anything else."""
    write_text(path, template("page.html").render(page=page))


def template(name: str) -> Template:
    """A page of `templates`, with what such pages have in common."""
    environment = Jinja(
        loader=PackageLoader("zoo.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"number": number, "picture": picture, "duration": duration, "size": size}
    environment.globals |= {"histogram": histogram, "panels": panels, "previews": previews, "scatter": scatter}
    environment.globals |= {"by_component": by_component, "deviation": deviation, "printed": printed}
    return environment.get_template(name)


def by_component(tables: Iterable[ScoreTable]) -> dict[str, list[ScoreTable]]:
    """The tables of each evaluator, those first that papers have numbers for, else in the order of their appearance."""
    groups: dict[str, list[ScoreTable]] = {}
    for table in sorted(tables, key=lambda table: not table.published):
        groups.setdefault(table.component, []).append(table)
    return groups


def printed(paper: PublishedTable) -> list[str]:
    """The scores that a published table has, in the order of their first appearance."""
    return list(dict.fromkeys(name for row in paper.rows for name in row.scores))


class Panel(NamedTuple):
    """The chart of one loss term of one player, or of one number of samples."""

    name: str
    chart: Markup


def panels(history: Sequence[Point]) -> Iterator[Panel]:
    """A chart per player and loss term of a stage's history, in the order of their first appearance."""
    terms = {(point["player"], term): None for point in history for term in point.get("terms", {})}
    for player, term in terms:
        points = [point for point in history if point.get("player") == player]
        chart = line_chart(f"{player}, {term}", curve(points, "terms", term), curve(points, "held_out", term))
        yield Panel(term if player == history[0]["stage"] else f"{player}: {term}", chart)


def previews(history: Sequence[Point], levels: Mapping[str, Mapping[str, float]]) -> Iterator[Panel]:
    """A chart per number of the samples that were drawn in the course of a stage."""
    for name in dict.fromkeys(name for point in history for name in point.get("samples", {})):
        yield Panel(name, line_chart(name, curve(history, "samples", name), levels=levels.get(name)))


def curve(points: Sequence[Point], kind: str, term: str) -> list[tuple[float, float]]:
    """A number in a history, `kind` being "terms" for the loss in training, "held_out", or "samples"."""
    # Training stops at a loss that is not finite; held-out data may have one.
    values = [(point["step"], point[kind][term]) for point in points if term in point.get(kind, {})]
    return [(step, value) for step, value in values if math.isfinite(value)]


def picture(figure: Figure) -> Markup:
    """An element that carries its file: an `<img>`, or a frame shut off from everything."""
    if figure.media_type == "text/html":
        frame = '<iframe title="{}" sandbox="allow-scripts" style="height: {}px" srcdoc="{}"></iframe>'
        return Markup(frame).format(figure.caption, figure.height, figure.data.decode())
    data = base64.b64encode(figure.data).decode()
    return Markup('<img alt="{}" src="data:{};base64,{}">').format(figure.caption, figure.media_type, data)


def deviation(values: Sequence[float]) -> float:
    """The standard deviation."""
    return float(np.std(values))
