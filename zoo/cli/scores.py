"""Tables of scores: those to look at first, then the others."""

from collections.abc import Mapping, Sequence

import typer

from zoo.cli.tables import print_table


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
