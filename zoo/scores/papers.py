"""Published scores: the paper's numbers, on the paper's data, as the paper prints them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from zoo.system.places import evals_folder


@dataclass(frozen=True)
class PublishedRow:
    """A row of a paper's table, or a statement of its text: `scores` are quoted, never rounded or converted."""

    name: str
    scores: Mapping[str, str]


@dataclass(frozen=True)
class PublishedTable:
    """Where rows were published, and on which data."""

    table: str
    section: str
    citation: str
    data: str
    note: str
    rows: tuple[PublishedRow, ...]


def published(dataset: str, evaluator: Mapping[str, object]) -> list[PublishedTable]:
    """What was published on data that `dataset`, a dataset of the catalogue, is our edition of, in scores that the
    recipe block `evaluator` measures: those of the same component with the arguments that made the published ones."""
    tables = []
    for path in sorted((evals_folder() / "papers").glob("*.json")):
        paper = json.loads(path.read_text(encoding="utf-8"))
        if paper["evaluator"].items() <= evaluator.items():
            tables += [_table(paper, table) for table in paper["tables"] if dataset in table["datasets"]]
    return tables


def _table(paper: Mapping[str, str], table: Mapping[str, object]) -> PublishedTable:
    rows = tuple(PublishedRow(**row) for row in table["rows"])  # type: ignore[attr-defined]
    return PublishedTable(
        str(table["table"]), str(table["section"]), paper["citation"], str(table["data"]), paper["note"], rows
    )
