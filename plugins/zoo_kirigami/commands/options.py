"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from zoo import Structures

CUT_LENGTH = 3**0.5  # That of `geometry`, whose import takes its time.
Cells = Annotated[
    Path, typer.Argument(help="A run's folder, or cells as .safetensors, .npz, .npy or .csv: angles in degrees.")
]
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write; its suffix says the format.")]
Which = Annotated[int, typer.Option("--cell", help="Which of the cells, from 0.")]
Side = Annotated[int, typer.Option("--side", help="Cuts along a side of the cell.")]
Length = Annotated[float, typer.Option(help="Length of a cut in units of the lattice.")]
Range = Annotated[float, typer.Option(help="How far cuts may turn from the base pattern, in degrees.")]


def read_patterns(path: Path, side: int, max_rotation: float = 90, cut_length: float = CUT_LENGTH) -> "Structures":
    """Cells of cuts. ZooError also for one whose cuts are turned further from the base pattern."""
    from zoo import ZooError, read_structures
    from zoo_kirigami.components.cut_pattern import check_angles

    block = {"use": "cut-pattern", "max_rotation": max_rotation, "n": side, "cut_length": cut_length}
    patterns = read_structures(path, block)
    try:
        check_angles(patterns.structures, max_rotation)
    except ZooError as error:
        raise ZooError(*(f"{path}: {problem}" for problem in error.problems)) from error
    return patterns
