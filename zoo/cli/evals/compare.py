"""`zoo evals compare RUN RUN`: which differences are more than chance."""

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.support.tables import print_table


def compare(
    first: Annotated[Path, typer.Argument(help="The folder of a finished run.")],
    second: Annotated[Path, typer.Argument(help="That of another.")],
) -> None:
    """Say score by score how the second run differs from the first, and whether by more than the chance of drawing
    samples, with 95 % confidence. Another seed would also train another model: that chance takes several seeds to
    see."""
    from zoo.evals.comparing import compare_runs
    from zoo.scores.words import number

    comparison = compare_runs(first, second)
    rows = []
    for each in comparison.differences:
        ends = f"[{number(each.interval[0])}, {number(each.interval[1])}]" if each.interval else ""
        rows.append((each.score, number(each.first), number(each.second), number(each.difference), ends, each.verdict))
    print_table(("score", "first", "second", "difference", "95 % interval", "the second is"), rows)
    if comparison.apart:
        typer.echo()
        print_table(
            ("apart in", "first", "second"),
            [(name, str(one), str(other)) for name, (one, other) in comparison.apart.items()],
        )
    if "dataset_checksum" in comparison.apart:
        typer.echo()
        typer.echo("Their data are not the same: what is better here may be so because of the data.")
