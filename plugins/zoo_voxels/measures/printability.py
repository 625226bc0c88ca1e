"""Printability of a cell."""

import math

import cc3d
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from zoo_voxels.measures.features import opened


def thin_share(cell: NDArray[np.bool_], voxel: float, limit: float) -> float:
    """Share of the solid of a periodic cell, bool `[x, y, z]`, in struts and walls thinner than `limit`, in the unit of
    `voxel`, a voxel's edge.

    Thin is what no ball of that diameter fills, but for the corners of thicker parts: what lies as near to a ball as
    the corner of a cube does.
    """
    diameter = math.ceil(limit / voxel - 1e-9)
    if diameter < 2 or not cell.any():
        return 0.0
    thick = opened(cell, diameter)
    rest = cell & ~thick
    if not thick.any():
        return 1.0
    reach = (math.sqrt(3) - 1) / 2 * diameter + 1
    width = math.ceil(reach)
    far = distance_transform_edt(np.pad(~thick, width, mode="wrap"))[(slice(width, -width),) * 3] > reach
    return np.count_nonzero(rest & far) / np.count_nonzero(cell)


def trapped_void(cell: NDArray[np.bool_], tiles: int = 1) -> int:
    """Voxels of void, in a print of `tiles`^3 cells, bool `[x, y, z]`, from which no powder or resin gets out."""
    void = np.pad(~np.tile(cell, (tiles,) * 3), 1, constant_values=True)
    labels = cc3d.connected_components(void, connectivity=6)
    return int(np.count_nonzero(void) - np.count_nonzero(labels == labels[0, 0, 0]))
