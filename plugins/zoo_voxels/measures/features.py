"""Thickness of a periodic voxel cell."""

import itertools

import numpy as np
from numpy.typing import NDArray


def ball(diameter: int) -> NDArray[np.int64]:
    """Voxels `[n, 3]` whose centres lie in a ball of so many voxels. An odd ball is centred on a voxel, an even one
    where eight voxels meet: 1, 8, 19, 32, 81, … voxels. ValueError if the diameter is below 1."""
    if diameter < 1:
        raise ValueError(f"there is no ball of {diameter} voxels")
    middle = (diameter - 1) / 2
    offsets = np.array(list(itertools.product(range(diameter), repeat=3)))
    inside = ((offsets - middle) ** 2).sum(1) <= (diameter / 2) ** 2
    voxels: NDArray[np.int64] = offsets[inside]
    return voxels


def opened(cell: NDArray[np.bool_], diameter: int) -> NDArray[np.bool_]:
    """What is left of a cell `[d, d, d]` where only balls of so many voxels can be filled: its morphological opening,
    across the periodic faces."""
    offsets = ball(diameter)
    fits = np.ones_like(cell)
    for offset in offsets:
        fits &= np.roll(cell, -offset, axis=(0, 1, 2))
    left = np.zeros_like(cell)
    for offset in offsets:
        left |= np.roll(fits, offset, axis=(0, 1, 2))
    return left


def kept(cell: NDArray[np.bool_], diameter: int) -> float:
    """Share of the solid that is at least so many voxels thick; 0 for an empty cell."""
    solid = np.count_nonzero(cell)
    return np.count_nonzero(opened(cell, diameter)) / solid if solid else 0.0
