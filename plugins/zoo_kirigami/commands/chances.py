"""`zoo kirigami-chances`."""

from typing import Annotated

import typer

from zoo import check_all, check_suffix, whole_file
from zoo_kirigami.commands.options import CUT_LENGTH, Length, Output, Side


def kirigami_chances(
    output: Output,
    count: Annotated[int, typer.Option("--count", "-n", help="Cells for each rotation.")] = 20_000,
    side: Side = 6,
    cut_length: Length = CUT_LENGTH,
    seed: Annotated[int, typer.Option(min=0, help="Of the random cells.")] = 0,
) -> None:
    """Draw figure 4a of Felsch & Slesarenko as .svg: crossings of random cells, and the chance of none."""
    from zoo_kirigami.cuts.geometry import base_angles, checked_length
    from zoo_kirigami.statistics.chances import chances, figure_svg

    problems = [f"--count {count}: there must be at least one."] if count < 1 else []
    check_all([lambda: check_suffix("--output", output, [".svg"])], problems)
    base_angles(side)
    checked_length(cut_length)
    rotations = list(range(5, 91, 5))
    estimates = []
    typer.echo("rotation  mean crossings  chance of none")
    for rotation in rotations:
        estimates.append(chances(rotation, side, count, seed, cut_length))
        mean, chance, error = estimates[-1]
        typer.echo(f"{rotation:8d}  {mean:14.3f}  {chance:.3e} +- {error:.1e}")
    with whole_file(output) as temporary:
        temporary.write_text(figure_svg(rotations, estimates), encoding="utf-8")
    typer.echo(f"figure  {output}")
