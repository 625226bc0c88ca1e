"""`zoo picture`."""

from pathlib import Path
from typing import Annotated

import typer

from zoo import ZooError, check_all, pick, read_structures, require_cubes, whole_file
from zoo_voxels.commands.options import Cells, Threshold, given_threshold

GALLERY = 24
"""How many cells are drawn unless some are chosen."""


def picture(
    cells: Cells,
    output: Annotated[Path, typer.Option("--output", "-o", help="The .png to write.")],
    turn: Annotated[bool, typer.Option("--turn", help="Animate one cell that turns.")] = False,
    tile: Annotated[int, typer.Option(min=1, help="Copies along each axis.")] = 1,
    pixels: Annotated[int, typer.Option(min=16, max=2048, help="Width of a cell.")] = 256,
    items: Annotated[
        list[int] | None, typer.Option("--cell", help="Which cell, from 0. Repeatable; the first 24 by default.")
    ] = None,
    threshold: Threshold = None,
) -> None:
    """Draw cells: a gallery, or one that turns, as a PNG with a transparent background."""
    import numpy as np

    from zoo_voxels.rendering.images import gallery, turntable

    if output.suffix != ".png":
        raise ZooError(f"--output {output}: pictures are .png files.")
    first = (1 if turn else GALLERY) if items is None else None
    structures = read_structures(cells, {"use": "voxels"}, arguments=given_threshold(threshold), count=first)
    numbers = range(len(structures)) if items is None else items
    problems = ["--turn shows one cell: name one --cell."] if turn and len(numbers) != 1 else []
    check_all([lambda: pick(structures, numbers)], problems)
    picked = pick(structures, numbers)
    require_cubes(picked, "zoo picture")
    shown = [np.tile(cell.astype(bool), (tile,) * 3) for cell in picked.structures]
    with whole_file(output) as temporary:
        temporary.write_bytes(turntable(shown[0], pixels) if turn else gallery(shown, min(6, len(shown)), pixels))
    typer.echo(f"picture  {output}")
