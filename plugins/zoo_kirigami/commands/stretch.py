"""`zoo kirigami-stretch`."""

from pathlib import Path
from typing import Annotated

import typer

from zoo import ZooError, check_all, check_suffix, pick, whole_file
from zoo_kirigami.commands.options import CUT_LENGTH, Cells, Length, Side, Which, read_patterns


def kirigami_stretch(
    cells: Cells,
    output: Annotated[Path, typer.Option("--output", "-o", help="The .svg to write.")],
    cell: Which = 0,
    direction: Annotated[str, typer.Option(help="x (to the right) or y.")] = "x",
    strain: Annotated[float, typer.Option(help="How far the sheet is stretched in the picture.")] = 0.1,
    side: Side = 6,
    cut_length: Length = CUT_LENGTH,
) -> None:
    """Draw a cut pattern in tension, and say how stiff it is."""
    problems = []
    if direction not in ("x", "y"):
        problems.append(f"--direction {direction}: x or y.")
    if not 0 < strain <= 1:
        problems.append(f"--strain {strain:g}: more than 0, at most 1.")
    check_all([lambda: check_suffix("--output", output, [".svg"])], problems)

    import torch

    from zoo_kirigami.cuts.geometry import crossings
    from zoo_kirigami.drawing.stretched import stretched_svg
    from zoo_kirigami.sheets.displacement import Stretch
    from zoo_kirigami.sheets.slit_sheet import slit_sheet

    chosen = pick(read_patterns(cells, side, cut_length=cut_length), [cell]).structures
    if crossings(chosen, cut_length)[0]:
        raise ZooError(f"--cell {cell}: cuts cross, so there is no sheet to stretch.")
    angles = torch.from_numpy(chosen)
    sheet = slit_sheet(angles, length=cut_length)
    axis = "xy".index(direction)
    drawing = stretched_svg([Stretch.of(angles[0], axis, strain, length=cut_length)])
    with whole_file(output) as temporary:
        temporary.write_text(drawing, encoding="utf-8")
    typer.echo(f"figure  {output}")
    typer.echo("pulled along  Young's modulus  Poisson's ratio  faces that overlap")
    for k, name in enumerate("xy"):
        typer.echo(
            f"{name:12}  {float(sheet.youngs_modulus[0, k]):15.5f}  {float(sheet.poissons_ratio[0, k]):15.4f}"
            f"  {100 * float(sheet.closing[0, k]):16.1f} %"
        )
    typer.echo(f"shear modulus {float(sheet.shear_modulus[0]):.5f}; error of all about {float(sheet.error[0]):.0e}")
