"""`zoo kirigami-sheet`."""

from typing import Annotated

import typer

from zoo import ZooError, check_suffix, pick, whole_file
from zoo_kirigami.commands.options import CUT_LENGTH, Cells, Length, Output, Side, Which, read_patterns


def kirigami_sheet(
    cells: Cells,
    output: Output,
    cell: Which = 0,
    tile: Annotated[str, typer.Option(metavar="DOWNxACROSS", help="Copies each way; 2 is short for 2x2.")] = "1",
    spacing: Annotated[float, typer.Option(help="From one cut's centre to the next, in mm.")] = 10.0,
    margin: Annotated[float, typer.Option(help="Width of the uncut frame, in mm.")] = 5.0,
    side: Side = 6,
    cut_length: Length = CUT_LENGTH,
) -> None:
    """Write a cut pattern for a laser cutter, in millimetres: .svg or .dxf."""
    from zoo_kirigami.cuts.geometry import crossings
    from zoo_kirigami.drawing.sheet import sheet, sheet_dxf, sheet_svg

    writers = {".svg": sheet_svg, ".dxf": sheet_dxf}
    check_suffix("--output", output, list(writers))
    tiles = _tiles(tile)
    chosen = pick(read_patterns(cells, side, cut_length=cut_length), [cell]).structures
    drawing = sheet(chosen[0], tiles, spacing, margin, cut_length)
    with whole_file(output) as temporary:
        temporary.write_text(writers[output.suffix](drawing), encoding="utf-8")
    crossing = int(crossings(chosen, cut_length)[0])
    typer.echo(f"sheet  {output}: {len(drawing.cuts)} cuts on {drawing.width:g} x {drawing.height:g} mm")
    if crossing:
        typer.echo(f"In this cell {crossing} pairs of cuts cross: pieces may fall out.", err=True)


def _tiles(text: str) -> tuple[int, int]:
    down, both, across = text.partition("x")
    across = across if both else down
    if not (down.isdecimal() and across.isdecimal()):
        raise ZooError(f"--tile {text}: expected DOWNxACROSS, such as 2x3.")
    return int(down), int(across)
