"""Options that several commands share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

Cells = Annotated[
    Path, typer.Argument(help="A run's folder, a .safetensors file, or a file that an importer reads, as .npz or .stl.")
]
Threshold = Annotated[float | None, typer.Option(help="Grey values above it are solid.")]


def given_threshold(threshold: float | None) -> Mapping[str, float]:
    """The argument of an importer of grey values, where it is given."""
    return {} if threshold is None else {"threshold": threshold}
