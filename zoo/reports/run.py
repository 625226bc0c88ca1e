"""The report of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from zoo.interfaces.dataset import Card
from zoo.interfaces.domain import Figure
from zoo.interfaces.score import Score
from zoo.reports.page import Page, score_tables, shown_environment, write_report
from zoo.reports.trivial import Rows
from zoo.runs.projection import Projection
from zoo.runs.stages import Record
from zoo.scores.scoring import Cost, Spread

if TYPE_CHECKING:
    from zoo.recipes import Recipe


def write_run_report(
    path: Path,
    *,
    recipe: "Recipe",
    provenance: Mapping[str, Any],
    card: Card,
    scores: Mapping[str, Mapping[str, Score]],
    baseline: Mapping[str, Mapping[str, Score]],
    trivial: Rows,
    samples: int,
    held_out: int,
    stages: Sequence[Record],
    scoring: Cost,
    figures: Sequence[Figure],
    spreads: Sequence[Spread],
    levels: Mapping[str, Mapping[str, float]],
    projection: Projection | None,
    command: str,
) -> None:
    """Write the page of a run. `scores` and `baseline` are evaluator -> score: of so many `samples`, and of so many
    structures of `held_out` data; `trivial` are those of trivial models."""
    page = Page(
        title=f"{recipe.model} on {recipe.dataset}",
        summary=recipe.summary,
        provenance={name: _said(name, value) for name, value in provenance.items()},
        environment=shown_environment(),
        card=card,
        scores=score_tables(recipe.dataset, recipe.evaluators, scores, baseline, trivial),
        samples=samples,
        held_out=held_out,
        figures=figures,
        spreads=spreads,
        projection=projection,
        stages=stages,
        levels=levels,
        scoring=scoring,
        command=command,
        recipe=yaml.safe_dump(recipe.to_dict(), sort_keys=False, allow_unicode=True),
    )
    write_report(path, page)


def _said(name: str, value: Any) -> Any:
    """Counts with thousands separated. A seed is a name, not a count; no mixed precision is float32."""
    if (name, value) == ("precision", "no"):
        return "float32"
    return f"{value:,}" if isinstance(value, int) and name != "seed" else value
