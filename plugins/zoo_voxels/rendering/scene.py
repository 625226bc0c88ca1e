"""The scene of the ray caster: the smooth surface of a cell of voxels.

The surface is the level 1/2 of a smooth field that is above 1/2 at the centre of every solid voxel and below it at that
of every void one: stairs are smoothed, yet no voxel is lost or added, however thin the wall.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

SPARE = 4
"""Coarse voxels around the box in which the crowd fades out."""
PAD = 2
"""Voxels around the box, copies of those at its faces."""
_CLEAR = 0.12
"""Distance that the field keeps from 1/2 at voxel centres."""


class Scene(NamedTuple):
    """A box of voxels, ready to be looked at. Arrays `[x, y, z]` are padded by `PAD`."""

    field: NDArray[np.float32]
    """The field, above 1/2 in the solid."""
    blurred: NDArray[np.float32]
    """What `field` would be if thin walls might be lost. It has no kinks, and gives the normals."""
    crowd: NDArray[np.float32]
    """The share of solid around, on a grid of half the resolution, padded by `SPARE`."""


def scene(cell: NDArray[np.bool_]) -> Scene:
    """What `cast` needs of a box of voxels, bool `[x, y, z]`."""
    solid = np.pad(cell, PAD, mode="edge").astype(np.float32)
    blurred = _blur(solid)
    return Scene(_clear(solid, blurred), blurred, _blur(_blur(_halve(cell, SPARE))))


@njit(cache=True, nogil=True, fastmath=True)
def _blur(field: np.ndarray) -> np.ndarray:
    """Weighted by 1, 2, 3, 2, 1 along each axis; beyond the faces the field goes on as it is there."""
    nx, ny, nz = field.shape
    two, three, ninth = np.float32(2), np.float32(3), np.float32(1 / 9)
    along_x, along_y, along_z = np.empty_like(field), np.empty_like(field), np.empty_like(field)
    for i in range(nx):
        for j in range(ny):
            a, b, c = field[max(i - 2, 0), j], field[max(i - 1, 0), j], field[i, j]
            d, e = field[min(i + 1, nx - 1), j], field[min(i + 2, nx - 1), j]
            out = along_x[i, j]
            for k in range(nz):
                out[k] = (a[k] + e[k] + two * (b[k] + d[k]) + three * c[k]) * ninth
    for i in range(nx):
        for j in range(ny):
            plane = along_x[i]
            a, b, c = plane[max(j - 2, 0)], plane[max(j - 1, 0)], plane[j]
            d, e = plane[min(j + 1, ny - 1)], plane[min(j + 2, ny - 1)]
            out = along_y[i, j]
            for k in range(nz):
                out[k] = (a[k] + e[k] + two * (b[k] + d[k]) + three * c[k]) * ninth
    row = np.empty(nz + 4, dtype=np.float32)
    for i in range(nx):
        for j in range(ny):
            row[2 : nz + 2] = along_y[i, j]
            row[:2] = row[2]
            row[nz + 2 :] = row[nz + 1]
            out = along_z[i, j]
            for k in range(nz):
                out[k] = (row[k] + row[k + 4] + two * (row[k + 1] + row[k + 3]) + three * row[k + 2]) * ninth
    return along_z


@njit(cache=True, nogil=True)
def _clear(solid: np.ndarray, blurred: np.ndarray) -> np.ndarray:
    """The blurred cell, brought to the right side of 1/2 at voxel centres: as far beyond as it was on the wrong side.
    So what is thin keeps its thickness."""
    field = np.empty_like(solid)
    half, clear = np.float32(0.5), np.float32(_CLEAR)
    hard, soft, out = solid.ravel(), blurred.ravel(), field.ravel()
    for voxel in range(len(out)):
        away = max(abs(soft[voxel] - half), clear)
        out[voxel] = half + away if hard[voxel] > 0 else half - away
    return field


@njit(cache=True, nogil=True)
def _halve(cell: np.ndarray, spare: int) -> np.ndarray:
    """The share of solid in blocks of 2^3 voxels, with `spare` empty blocks around."""
    nx, ny, nz = cell.shape
    half = np.zeros(((nx + 1) // 2 + 2 * spare, (ny + 1) // 2 + 2 * spare, (nz + 1) // 2 + 2 * spare), dtype=np.float32)
    for i in range(nx):
        for j in range(ny):
            row, source = half[spare + i // 2, spare + j // 2], cell[i, j]
            for k in range(nz):
                row[spare + k // 2] += np.float32(0.125) * source[k]
    return half
