"""The symmetries of the lattice, and how near two patterns are to each other but for them.

A pattern is seen as unit vectors e^(2 i a), one for each cut: a cut is the same after half a turn, and so are they. A
quarter turn of the sheet moves the cuts and turns each by 90 degrees, which changes the sign of its vector; a mirror
image changes the sign of its imaginary part. Half of the shifts keep the base pattern; where cuts may have any
direction, every shift is a symmetry.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.complex64]


def vectors(angles: NDArray[np.floating]) -> Vectors:
    """e^(2 i a) for angles a of any shape, in degrees."""
    doubled = np.deg2rad(2 * angles.astype(np.float64))
    found: Vectors = np.exp(1j * doubled).astype(np.complex64)
    return found


def copies(cells: Vectors, *, any_direction: bool) -> Iterator[Vectors]:
    """All symmetric copies of cells [B, n, n], themselves first: 4 n^2 copies, 8 n^2 if cuts have `any_direction`."""
    n = cells.shape[-1]
    for mirrored in (False, True):
        turned = cells.conj()[:, :, ::-1] if mirrored else cells
        # In a cell of even side a mirror image swaps the places of the two sorts of cuts. So does a quarter turn, which
        # turns the cuts as well.
        swapped = mirrored
        for _ in range(4):
            for down in range(n):
                for right in range(n):
                    if any_direction or (down + right) % 2 == swapped:
                        yield np.roll(turned, (down, right), (1, 2))
            turned = -np.rot90(turned, -1, (1, 2))


def nearest(cells: Vectors, others: Vectors, *, any_direction: bool, same: bool = False) -> NDArray[np.float64]:
    """The distance [B] from each of the cells [B, n, n] to the nearest of the others [N, n, n], but for symmetries.

    The distance is the root mean square of sin d, d the angle between two cuts: 0 for the same pattern, and about 0.7
    for two whose directions have nothing to do with each other. With `same` a cell is not compared with itself.
    """
    flat = _flat(others).T
    best = np.full(len(cells), -np.inf, np.float32)
    for copy in copies(cells, any_direction=any_direction):
        match = _flat(copy) @ flat
        if same:
            np.fill_diagonal(match, -np.inf)
        np.maximum(best, match.max(1), out=best)
    square = (1 - best.astype(np.float64) / cells[0].size) / 2
    found: NDArray[np.float64] = np.sqrt(square.clip(0))
    return found


def _flat(cells: Vectors) -> NDArray[np.float32]:
    """Real and imaginary parts side by side, [B, 2 n^2]."""
    rows = cells.reshape(len(cells), -1)
    return np.concatenate([rows.real, rows.imag], 1)
