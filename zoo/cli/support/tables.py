"""Tables that fit a terminal, and that `grep`, `cut` and `awk` can read when there is none."""

from collections.abc import Iterable, Mapping, Sequence

import typer
from rich.console import Console
from rich.table import Table

_UNLIMITED = 10_000


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns; on a terminal they wrap, in a pipe a row is a line."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, header in enumerate(headers):
        table.add_column(header, no_wrap=i == 0)
    for row in rows:
        table.add_row(*row)
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = _UNLIMITED
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        typer.echo(line.rstrip())


def print_scores(
    headers: Sequence[str],
    rows: Mapping[tuple[str, str], Sequence[str]],
    evaluators: Mapping[str, Mapping[str, object]],
) -> None:
    """Print the row of each (evaluator, score). `evaluators` are the recipe blocks, which say what comes first."""
    from zoo.scores.scoring import headline

    first = [row for (evaluator, score), row in rows.items() if score in headline(evaluators[evaluator])]
    others = [row for row in rows.values() if row not in first]
    if first and others:
        typer.echo(f"Look first at the {len(first)} above the gap.\n")
        print_table(headers, [*first, (), *others])
    else:
        print_table(headers, rows.values())
