"""`zoo kirigami-sheet`, `zoo kirigami-chances` and `zoo kirigami-likelihood`."""

from pathlib import Path
from typing import Annotated

import typer

from zoo import ZooError, whole_file

CUT_LENGTH = 3**0.5  # That of `geometry`, whose import takes its time.
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write; its suffix says the format.")]
Which = Annotated[int, typer.Option("--cell", help="Which of the cells, from 0.")]
Side = Annotated[int, typer.Option("--side", help="Cuts along a side of the cell.")]
Length = Annotated[float, typer.Option(help="Length of a cut in units of the lattice.")]
Range = Annotated[float, typer.Option(help="How far cuts may turn from the base pattern, in degrees.")]


def kirigami_sheet(
    cells: Annotated[Path, typer.Argument(help="A run's folder, or cells as .safetensors, .npz, .npy or .csv.")],
    output: Output,
    cell: Which = 0,
    tile: Annotated[str, typer.Option(metavar="DOWNxACROSS", help="Copies each way; 2 is short for 2x2.")] = "1",
    spacing: Annotated[float, typer.Option(help="From one cut's centre to the next, in mm.")] = 10.0,
    margin: Annotated[float, typer.Option(help="Width of the uncut frame, in mm.")] = 5.0,
    side: Side = 6,
    cut_length: Length = CUT_LENGTH,
) -> None:
    """Write a cut pattern for a laser cutter, in millimetres: .svg or .dxf."""
    from zoo_kirigami.domain import CutPattern
    from zoo_kirigami.geometry import crossings
    from zoo_kirigami.sheet import sheet, sheet_dxf, sheet_svg

    writers = {".svg": sheet_svg, ".dxf": sheet_dxf}
    if output.suffix not in writers:
        raise ZooError(f"--output {output}: unknown format {output.suffix!r}; known: {', '.join(writers)}.")
    tiles = _tiles(tile)
    patterns = CutPattern(90, side, cut_length).read(cells)
    if not 0 <= cell < len(patterns):
        raise ZooError(f"--cell {cell}: {cells} holds {len(patterns)} cells, counted from 0.")
    drawing = sheet(patterns[cell], tiles, spacing, margin, cut_length)
    with whole_file(output) as temporary:
        temporary.write_text(writers[output.suffix](drawing), encoding="utf-8")
    crossing = int(crossings(patterns[cell : cell + 1], cut_length)[0])
    typer.echo(f"sheet  {output}: {len(drawing.cuts)} cuts on {drawing.width:g} x {drawing.height:g} mm")
    if crossing:
        typer.echo(f"In this cell {crossing} pairs of cuts cross: pieces may fall out.", err=True)


def _tiles(text: str) -> tuple[int, int]:
    down, both, across = text.partition("x")
    across = across if both else down
    if not (down.isdecimal() and across.isdecimal()):
        raise ZooError(f"--tile {text}: expected DOWNxACROSS, such as 2x3.")
    return int(down), int(across)


def kirigami_chances(
    output: Output,
    count: Annotated[int, typer.Option("--count", "-n", help="Cells for each rotation.")] = 20_000,
    side: Side = 6,
    cut_length: Length = CUT_LENGTH,
    seed: Annotated[int, typer.Option(min=0, help="Of the random cells.")] = 0,
) -> None:
    """Draw figure 4a of Felsch & Slesarenko as .svg: crossings of random cells, and the chance of none."""
    from zoo_kirigami.chances import chances, figure_svg
    from zoo_kirigami.geometry import base_angles, checked_length

    problems = [] if output.suffix == ".svg" else [f"--output {output}: unknown format {output.suffix!r}; known: .svg."]
    if count < 1:
        problems.append(f"--count {count}: there must be at least one.")
    if problems:
        raise ZooError(*problems)
    base_angles(side)
    checked_length(cut_length)
    rotations = list(range(5, 91, 5))
    found = []
    typer.echo("rotation  mean crossings  chance of none")
    for rotation in rotations:
        found.append(chances(rotation, side, count, seed, cut_length))
        mean, chance, error = found[-1]
        typer.echo(f"{rotation:8d}  {mean:14.3f}  {chance:.3e} +- {error:.1e}")
    with whole_file(output) as temporary:
        temporary.write_text(figure_svg(rotations, found), encoding="utf-8")
    typer.echo(f"figure  {output}")


def kirigami_likelihood(
    model: Annotated[Path, typer.Argument(help="A run's or a published model's folder.")],
    count: Annotated[
        int, typer.Option("--count", "-n", help="Cells of the data's law, and of the model's own.")
    ] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of both.")] = 0,
) -> None:
    """Say how far an autoregressive kirigami model is from the law of its data."""
    from zoo import load
    from zoo_kirigami.autoregression import CutAutoregression
    from zoo_kirigami.likelihood import measure

    if count < 2:
        raise ZooError(f"--count {count}: there must be at least two.")
    trained = load(model).model
    if not isinstance(trained, CutAutoregression):
        raise ZooError(f"{model}: a {type(trained).__name__} has no likelihood that could be told exactly.")
    found = measure(trained, count, seed)
    typer.echo(f"nats a cell     {found.nats:.3f}, at least {found.entropy:.3f}")
    typer.echo(f"KL to the data  {found.divergence:.3f} +- {found.error:.3f} nats a cell")
    typer.echo(f"worth           {100 * found.share:.1f} % of as many exact cells, by importance weights")
