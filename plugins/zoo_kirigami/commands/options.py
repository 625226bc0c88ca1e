"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

CUT_LENGTH = 3**0.5  # That of `geometry`, whose import takes its time.
Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write; its suffix says the format.")]
Which = Annotated[int, typer.Option("--cell", help="Which of the cells, from 0.")]
Side = Annotated[int, typer.Option("--side", help="Cuts along a side of the cell.")]
Length = Annotated[float, typer.Option(help="Length of a cut in units of the lattice.")]
Range = Annotated[float, typer.Option(help="How far cuts may turn from the base pattern, in degrees.")]
