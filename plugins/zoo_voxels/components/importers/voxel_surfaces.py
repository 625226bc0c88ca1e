"""Cells from closed surfaces."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zoo import Card, Entry, Importer, ZooError
from zoo_voxels.formats.cells import CARD, entry_of
from zoo_voxels.formats.stl_file import read_stl

_AMISS = 0.01
"""The share of solid voxels that the three directions may see differently, and of rays that may end inside, before a
surface counts as open."""
_ASIDE = np.array([1.1e-7, 2.3e-7, 3.1e-7])
"""How far beside the centres of voxels we look, in voxels: a ray through an edge would hit both its triangles."""


class StlCells(Importer):
    """One unit cell of `resolution`^3 voxels per `.stl` file, binary or text: a voxel is solid if its centre lies
    within the closed surface, or within one of several, which may overlap, as struts do where they meet.

    The cell is a cube of the edge `cell`, in the file's unit of length, with its lowest corner at `corner`. By default
    it is around the middle of the box that bounds the surface, and as large as the longest side of that box, which is
    right when the solid reaches the faces. What lies beyond the cell is left out.
    """

    revision: ClassVar[int] = 2
    suffixes: ClassVar[tuple[str, ...]] = (".stl",)

    def __init__(
        self, resolution: int = 48, cell: float | None = None, corner: tuple[float, float, float] | None = None
    ) -> None:
        if cell is not None and not cell > 0:
            raise ZooError(f"stl: cell {cell:g} is not a length")
        if corner is not None and not np.isfinite(corner).all():
            raise ZooError(f"stl: corner {corner} is not a point")
        self.resolution = resolution
        self.cell = cell
        self.corner = corner

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": self.resolution}

    def card(self) -> Card:
        return CARD

    def entries(self, path: Path) -> Iterator[NDArray[np.float64]]:
        yield read_stl(path)

    def convert(self, entry: NDArray[np.float64]) -> Entry:
        corners = entry.reshape(-1, 3)
        low, high = corners.min(0), corners.max(0)
        edge = self.cell or float(np.max(high - low))
        if not edge > 0:
            raise ZooError("its triangles all lie in one point.")
        corner = (low + high - edge) / 2 if self.corner is None else np.array(self.corner)
        return entry_of(inside((entry - corner) / edge, self.resolution))


def inside(triangles: NDArray[np.float64], resolution: int) -> NDArray[np.bool_]:
    """Voxels `[d, d, d]` of the unit cube whose centres lie within closed surfaces, triangles `[n, 3, 3]`.

    Rays run through the centres along x, y and z. Where they have crossed surfaces more often inwards than outwards,
    or the other way round, is solid. If the three disagree or rays end inside, as where triangles are not all turned
    the right way, every crossing changes sides; if they still do, the surface is not closed: ZooError. In few voxels
    they may; there two of three decide.
    """
    counts = [_counted(triangles * resolution - _ASIDE, axis, resolution) for axis in range(3)]
    ways: list[list[NDArray[np.bool_]]] = [
        [signed != 0 for signed, _ in counts],
        [every % 2 == 1 for _, every in counts],
    ]
    for states in ways:
        open_rays = sum(int(state[..., -1].sum()) for state in states)
        votes = np.sum([_in_place(state[..., :-1], axis) for axis, state in enumerate(states)], axis=0)
        solid: NDArray[np.bool_] = votes >= 2
        amiss = int(((votes == 1) | (votes == 2)).sum())
        if amiss <= _AMISS * max(1, int(solid.sum())) and open_rays <= _AMISS * 3 * resolution**2:
            return solid
    raise ZooError("its surface is not closed: from different sides, different voxels lie within it.")


def _counted(triangles: NDArray[np.float64], axis: int, resolution: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Along rays in the direction of an axis, which comes last, crossings inwards less those outwards, and all
    crossings: before each voxel and, at the end, in all, `[d, d, d + 1]` each."""
    signed, every = _crossings(triangles[:, :, [(axis + 1) % 3, (axis + 2) % 3, axis]], resolution)
    return np.cumsum(signed, axis=2), np.cumsum(every, axis=2)


def _in_place(values: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    """Values with the axes x, y, z, where `axis` came last and the next ones after it first."""
    return values.transpose(np.argsort([(axis + 1) % 3, (axis + 2) % 3, axis]))


@njit(cache=True, nogil=True)
def _crossings(triangles: np.ndarray, d: int) -> tuple[np.ndarray, np.ndarray]:
    """How often the ray along the last axis crosses the surface just before the centre of each voxel, and after them
    all, inwards less outwards and in all, `[d, d, d + 1]`; triangles in voxels."""
    signed, every = np.zeros((d, d, d + 1), dtype=np.int32), np.zeros((d, d, d + 1), dtype=np.int32)
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
            x = i + 0.5
            for j in range(first_j, last_j + 1):
                y = j + 0.5
                u = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
                v = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
                if u >= 0 and v >= 0 and u + v <= 1:
                    height = a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2])
                    k = min(max(0, int(np.ceil(height - 0.5))), d)
                    signed[i, j, k] += -1 if area > 0 else 1
                    every[i, j, k] += 1
    return signed, every
