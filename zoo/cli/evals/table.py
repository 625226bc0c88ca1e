"""`zoo evals table SUITE`: what a suite has measured, beside what was published."""

from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.support.options import RESULTS, Datasets, Results, SuiteName
from zoo.cli.support.tables import print_table

if TYPE_CHECKING:
    from zoo.evals.tables import SuiteTable


def table(
    suite: SuiteName,
    size: Annotated[str | None, typer.Option(help="Only this size.")] = None,
    dataset: Datasets = None,
    every: Annotated[bool, typer.Option("--all", help="Every score, not only the headline.")] = False,
    results: Results = RESULTS,
) -> None:
    """Print a suite's tables: the mean of each score, ± its standard deviation over seeds, and its 95 % confidence
    interval; then what papers have published, for their data; then every score in which a trivial row beats all
    models."""
    from zoo.errors import ZooError
    from zoo.evals.results import found_results, read_result
    from zoo.evals.suites import find_suite
    from zoo.evals.tables import suite_tables

    chosen = find_suite(suite)
    if size is not None:
        chosen.refuse_size(size)
    datasets = chosen.chosen(dataset or [], "datasets")
    files = [read_result(path) for path in found_results(results, chosen.name)]
    tables = [
        one
        for file in files
        if size in (None, file.size)
        for one in suite_tables(chosen, file)
        if one.dataset in datasets
    ]
    if not tables:
        raise ZooError(f"{chosen.name} has no results here yet: zoo evals run {suite}")
    for i, one in enumerate(tables):
        if i:
            typer.echo()
        _print(one, every)


def _print(found: "SuiteTable", every: bool) -> None:
    from zoo.evals.tables import shown

    groups = found.groups if every else [found.headline]
    typer.echo(f"{found.title}: measured here")
    for scores in groups:
        headers = [_header(found, score) for score in scores]
        rows = [[row.label, *(shown(row.scores.get(score)) for score in scores)] for row in found.rows]
        if found.held_out:
            rows.append(["(held-out data)", *(shown(found.held_out.get(score)) for score in scores)])
        print_table(("row", *headers), rows)
        typer.echo()
    for label, said in found.trained.items():
        typer.echo(f"Trained, {label}: {said}")
    if found.trained:
        typer.echo()
    for published in found.published:
        names = [name for name in (score.partition(".") for score in found.meanings) if name[0] == published.evaluator]
        columns = [name for _, _, name in names if any(name in row.scores for row in published.table.rows)]
        typer.echo(
            f"Published, {published.table.table} ({published.table.section}), for other data: {published.table.data}"
        )
        print_table(
            ("row", *(column.replace("_", " ") for column in columns)),
            [[row.name, *(row.scores.get(column, "") for column in columns)] for row in published.table.rows],
        )
        typer.echo()
    for remark in found.remarks([score for scores in groups for score in scores]):
        typer.echo(remark)


def _header(found: "SuiteTable", score: str) -> str:
    from zoo.evals.tables import spoken

    return f"{spoken(score)} {'↑' if found.meanings[score].higher_is_better else '↓'}"
