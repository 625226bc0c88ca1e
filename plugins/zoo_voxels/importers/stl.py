"""Cells from closed surfaces."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zoo import Card, Entry, Importer, ZooError
from zoo_voxels.importers.cells import OWN, UNITS, entry_of
from zoo_voxels.importers.stl_file import read_stl

_AMISS = 0.01
"""The share of solid voxels that the three directions may see differently before a surface counts as open."""
_ASIDE = (1.1e-7, 2.3e-7)
"""How far rays pass beside the centres of voxels, in voxels: a ray through an edge would hit both its triangles."""


class StlCells(Importer):
    """One unit cell of `resolution`^3 voxels per `.stl` file, binary or text: a voxel is solid if its centre lies
    within the closed surface.

    The cell is a cube of the edge `cell`, in the file's unit of length, around the middle of the box that bounds the
    surface; by default as large as the longest side of that box, which is right when the solid reaches the faces.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".stl",)

    def __init__(self, resolution: int = 48, cell: float | None = None) -> None:
        if cell is not None and not cell > 0:
            raise ZooError(f"stl: cell {cell:g} is no length")
        self.resolution = resolution
        self.cell = cell

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": self.resolution}

    def card(self) -> Card:
        return Card("Voxel cells", "", units=UNITS, **OWN)

    def entries(self, path: Path) -> Iterator[NDArray[np.float64]]:
        yield read_stl(path)

    def convert(self, entry: NDArray[np.float64]) -> Entry:
        corners = entry.reshape(-1, 3)
        low, high = corners.min(0), corners.max(0)
        edge = self.cell or float(np.max(high - low))
        if not edge > 0:
            raise ZooError("its triangles all lie in one point.")
        return entry_of(inside((entry - (low + high) / 2) / edge + 0.5, self.resolution))


def inside(triangles: NDArray[np.float64], resolution: int) -> NDArray[np.bool_]:
    """Voxels `[d, d, d]` of the unit cube whose centres lie within a closed surface, triangles `[n, 3, 3]`.

    Along rays through the centres, every crossing of the surface changes sides. Rays along x, y and z vote; ZooError,
    the surface being open, if they differ in more than a few voxels.
    """
    votes = np.zeros((resolution,) * 3, np.uint8)
    for axis in range(3):
        order = [(axis + 1) % 3, (axis + 2) % 3, axis]
        crossed = _crossings(triangles[:, :, order] * resolution, resolution)
        votes += (np.cumsum(crossed, axis=2, dtype=np.int64) % 2).astype(np.uint8).transpose(np.argsort(order))
    solid = votes >= 2
    amiss = int(((votes == 1) | (votes == 2)).sum())
    if amiss > _AMISS * max(1, int(solid.sum())):
        raise ZooError("its surface is not closed: from different sides, different voxels lie within it.")
    return solid


@njit(cache=True, nogil=True)
def _crossings(triangles: np.ndarray, d: int) -> np.ndarray:
    """How often the ray along the last axis crosses the surface just before the centre of each voxel, `[d, d, d]`;
    triangles in voxels."""
    crossed = np.zeros((d, d, d), dtype=np.int32)
    for n in range(len(triangles)):
        a, b, c = triangles[n, 0], triangles[n, 1], triangles[n, 2]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if area == 0:
            continue
        first_i = max(0, int(np.ceil(min(a[0], b[0], c[0]) - 0.5)) - 1)
        last_i = min(d - 1, int(np.floor(max(a[0], b[0], c[0]) - 0.5)) + 1)
        first_j = max(0, int(np.ceil(min(a[1], b[1], c[1]) - 0.5)) - 1)
        last_j = min(d - 1, int(np.floor(max(a[1], b[1], c[1]) - 0.5)) + 1)
        for i in range(first_i, last_i + 1):
            x = i + 0.5 + _ASIDE[0]
            for j in range(first_j, last_j + 1):
                y = j + 0.5 + _ASIDE[1]
                u = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
                v = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
                if u >= 0 and v >= 0 and u + v <= 1:
                    height = a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2])
                    k = max(0, int(np.ceil(height - 0.5)))
                    if k < d:
                        crossed[i, j, k] += 1
    return crossed
