"""Features that govern the physics of a two-phase material: Minkowski functionals and the two-point correlation of
periodic voxel cells."""

import itertools

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from zoo_voxels.threads import each

DISTANCES = 12
"""The two-point correlation is averaged over so many shells of distance, from 0 to half the cell's edge."""

Cells = NDArray[np.bool_]
Values = NDArray[np.float64]


def minkowski(cells: Cells) -> Values:
    """Volume, surface area, mean breadth (integral mean curvature / 2 pi) and Euler number of cells `[B, d, d, d]` on
    the torus: `[B, 4]`, in units of the voxel's edge.

    Solid voxels are closed cubes, which hold together at edges and corners too. With their cubes, faces, edges and
    corners counted, the functionals are 3 to 0 alternating sums (Michielsen & De Raedt 2001, Phys. Rep. 347, 461).
    """
    counts = np.array(each(_elements, cells), dtype=np.float64)
    corners, edges, faces, cubes = counts.T
    return np.stack(
        [cubes, 2 * faces - 6 * cubes, (3 * cubes - 2 * faces + edges) / 2, corners - edges + faces - cubes], axis=1
    )


def _elements(cell: NDArray[np.bool_]) -> list[int]:
    """How many corners, edges, faces and cubes of voxels the solid has."""
    counts = [0, 0, 0, 0]
    for axes in itertools.chain.from_iterable(itertools.combinations((0, 1, 2), n) for n in range(4)):
        touched = cell
        for axis in axes:
            touched = touched | np.roll(touched, 1, axis)
        counts[3 - len(axes)] += int(np.count_nonzero(touched))
    return counts


def correlation(cells: Cells) -> Values:
    """The two-point correlation of cells `[B, d, d, d]`, averaged over directions: the chance that two points at about
    a distance are both solid, `[B, DISTANCES]`."""
    d = cells.shape[-1]
    along = np.minimum(np.arange(d), d - np.arange(d)) / d
    distance = np.sqrt(along[:, None, None] ** 2 + along[:, None] ** 2 + along**2)
    shell = np.rint(2 * (DISTANCES - 1) * distance).astype(int).ravel()
    near = np.flatnonzero(shell < DISTANCES)
    shell = shell[near]
    sizes = np.maximum(np.bincount(shell, minlength=DISTANCES), 1)

    def averaged(cell: NDArray[np.bool_]) -> Values:
        transform = scipy.fft.rfftn(cell.astype(np.float32))
        pairs = scipy.fft.irfftn(transform.real**2 + transform.imag**2, s=cell.shape).ravel()
        means: Values = np.bincount(shell, np.rint(pairs[near]), minlength=DISTANCES) / (sizes * cell.size)
        return means

    return np.stack(each(averaged, cells))


def features(cells: Cells) -> Values:
    """What the Fréchet distance compares, `[B, 4 + DISTANCES]`: functionals per volume of the cell, lengths in units
    of its edge, and the two-point correlation."""
    d = cells.shape[-1]
    return np.concatenate([minkowski(cells) / np.array([d**3, d**2, d, 1]), correlation(cells)], axis=1)
