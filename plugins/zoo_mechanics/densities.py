"""Cells with densities, from files."""

from pathlib import Path

import numpy as np

from zoo import Structures, ZooError, abridged, read_structures


def read_densities(path: Path, count: int | None = None) -> Structures:
    """Cells `[n, d, d, d]`, float32, with densities from 0 to 1, see `zoo.read_structures`. ZooError also for one that
    is empty."""
    cells = read_structures(path, {"use": "voxels"}, count=count, soft=True)
    if not len(cells):
        raise ZooError(f"{path}: there are no cells.")
    empty = np.flatnonzero(~cells.structures.any((1, 2, 3)))
    if len(empty):
        raise ZooError(*abridged([f"{path}: no solid in cell {number}." for number in empty]))
    return cells
