"""The page of an evaluation of anybody's files."""

from pathlib import Path

import yaml

from zoo.reports.page import Page, shown_environment, write_report
from zoo.scores.evaluation import Evaluation
from zoo.scores.scoring import held_out_beside, spreads


def write_page(path: Path, found: Evaluation, command: str) -> None:
    """Write the scores as a page like a run's report, with pictures."""
    domain = found.data.domain
    held_out = held_out_beside(found.structures, found.data)
    page = Page(
        title=f"{found.files} beside {found.dataset}",
        summary=f"{found.count:,} structures, scored against {found.dataset}.",
        provenance=found.provenance(),
        environment=shown_environment(),
        card=found.data.card,
        scores=found.tables,
        samples=found.count,
        held_out=found.scored.held_out_count,
        figures=[*domain.figures(found.structures), *domain.compare(found.structures, found.data.train)],
        spreads=spreads(found.structures, held_out, domain),
        levels={},
        scoring=found.scored.cost,
        projection=None,
        stages=(),
        command=command,
        recipe=yaml.safe_dump({"evaluators": found.file()["evaluators"]}, sort_keys=False, allow_unicode=True),
    )
    write_report(path, page)
