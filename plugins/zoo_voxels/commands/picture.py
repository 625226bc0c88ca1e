"""`zoo picture`."""

from pathlib import Path
from typing import Annotated

import typer

from zoo import ZooError, whole_file


def picture(
    cells: Annotated[Path, typer.Argument(help="A run's folder, or a .safetensors, .npz or .npy file of cells.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .png to write.")],
    turn: Annotated[bool, typer.Option("--turn", help="Animate one cell that turns.")] = False,
    tile: Annotated[int, typer.Option(min=1, help="Copies along each axis.")] = 1,
    pixels: Annotated[int, typer.Option(min=16, max=2048, help="Width of a cell.")] = 256,
    items: Annotated[
        list[int] | None, typer.Option("--cell", help="Which cell, from 0. Repeatable; the first 24 by default.")
    ] = None,
    threshold: Annotated[float | None, typer.Option(help="Grey values above it are solid.")] = None,
) -> None:
    """Draw cells: a gallery, or one that turns, as a PNG with a transparent background."""
    import numpy as np

    from zoo_voxels.cells import read_cells
    from zoo_voxels.rendering.images import gallery, turntable

    if output.suffix != ".png":
        raise ZooError(f"--output {output}: pictures are .png files.")
    structures = read_cells(cells, threshold)
    chosen = list(range(min(1 if turn else 24, len(structures)))) if items is None else items
    problems = [
        f"--cell {item}: {cells} holds {len(structures)} cells, counted from 0."
        for item in chosen
        if not 0 <= item < len(structures)
    ]
    if turn and len(chosen) != 1:
        problems.append("--turn shows one cell: name one --cell.")
    if problems:
        raise ZooError(*problems)
    shown = [np.tile(structures[item], (tile,) * 3) for item in chosen]
    with whole_file(output) as temporary:
        temporary.write_bytes(turntable(shown[0], pixels) if turn else gallery(shown, min(6, len(shown)), pixels))
    typer.echo(f"picture  {output}")
