"""`zoo kirigami-stretch`."""

from pathlib import Path
from typing import Annotated

import typer

from zoo import ZooError, whole_file
from zoo_kirigami.commands.options import CUT_LENGTH, Length, Side, Which


def kirigami_stretch(
    cells: Annotated[Path, typer.Argument(help="A run's folder, or cells as .safetensors, .npz, .npy or .csv.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .svg to write.")],
    cell: Which = 0,
    direction: Annotated[str, typer.Option(help="x (to the right) or y.")] = "x",
    strain: Annotated[float, typer.Option(help="How far the sheet is stretched in the picture.")] = 0.1,
    side: Side = 6,
    cut_length: Length = CUT_LENGTH,
) -> None:
    """Draw a cut pattern in tension, and say how stiff it is."""
    problems = []
    if output.suffix != ".svg":
        problems.append(f"--output {output}: unknown format {output.suffix!r}; known: .svg.")
    if direction not in ("x", "y"):
        problems.append(f"--direction {direction}: x or y.")
    if not 0 < strain <= 1:
        problems.append(f"--strain {strain:g}: more than 0, at most 1.")
    if problems:
        raise ZooError(*problems)

    import torch

    from zoo_kirigami.components.cut_pattern import CutPattern
    from zoo_kirigami.cuts.geometry import crossings
    from zoo_kirigami.drawing.stretched import stretched_svg
    from zoo_kirigami.sheets.displacement import Stretch
    from zoo_kirigami.sheets.slit_sheet import slit_sheet

    patterns = CutPattern(90, side, cut_length).read(cells)
    if not 0 <= cell < len(patterns):
        raise ZooError(f"--cell {cell}: {cells} holds {len(patterns)} cells, counted from 0.")
    chosen = patterns[cell : cell + 1]
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
