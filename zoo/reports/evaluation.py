"""The page of an evaluation of anybody's files, and what is said of it."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from zoo.reports.page import Page, ScoreTable, score_tables, shown_environment, write_report
from zoo.reports.trivial import trivial_rows
from zoo.runs.results import Environment
from zoo.scores.evaluation import Evaluation
from zoo.scores.scoring import held_out_beside, spreads
from zoo.system.machine import environment


def evaluation_tables(evaluation: Evaluation, runs: Path = Path("runs")) -> list[ScoreTable]:
    """A table for each evaluator, beside what trivial models have scored on the same data, with as many samples, in
    runs in the folder `runs`."""
    trivial = trivial_rows(runs, evaluation.checksum, evaluation.count, evaluation.evaluators)
    scored = evaluation.scored
    return score_tables(evaluation.dataset, evaluation.evaluators, scored.scores, scored.held_out, trivial)


def notes(evaluation: Evaluation, tables: Sequence[ScoreTable]) -> list[str]:
    """What to say of the scores beside their sentences."""
    notes = [f"{table.name}.{name}: {text}" for table in tables for name, text in table.remarks.items()]
    if evaluation.count == 1:
        notes.append("of one structure there are no confidence intervals, and no scores of a set as diversity is.")
    return notes


def write_page(path: Path, evaluation: Evaluation, tables: Sequence[ScoreTable], command: str) -> None:
    """Write the scores as a page like a run's report, with pictures."""
    data, structures = evaluation.data, evaluation.structures
    page = Page(
        title=f"{evaluation.files} beside {evaluation.dataset}",
        summary=f"{evaluation.count:,} structures, scored against {evaluation.dataset}.",
        provenance=evaluation.provenance(),
        environment=shown_environment(Environment.model_validate(environment())),
        card=data.card,
        scores=tables,
        samples=evaluation.count,
        held_out=evaluation.scored.held_out_count,
        figures=[*data.domain.figures(structures), *data.domain.compare(structures, data.train)],
        spreads=spreads(structures, held_out_beside(structures, data), data.domain),
        levels={},
        scoring=evaluation.scored.cost,
        projection=None,
        stages=(),
        command=command,
        recipe=yaml.safe_dump({"evaluators": evaluation.file()["evaluators"]}, sort_keys=False, allow_unicode=True),
    )
    write_report(path, page)
