"""Watertight meshes of voxel cells, for printing.

The surface is a level of the cell, by marching cubes in Lewiner's form (J. Graphics Tools 8(2), 2003), whose meshes are
manifold as long as no grid value lies on the level. Faces of cubes are not: four of them meet wherever two voxels touch
along an edge. At the level 1/2 edges are cut off and struts of a few voxels lose some per cent of their volume;
therefore the level is solved for, such that the mesh has the volume of its voxels.

What is meshed is the tiled grid, never a tiled mesh, so that nothing lies inside but solid. It is closed by flat faces,
exactly on the outside of the voxels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.optimize import brentq
from skimage.measure import marching_cubes

from zoo import ZooError

_PRECISION = 1e-4
"""Relative error of the volume, and of the level, below which the search ends."""
_APART = 1e-5
"""How far the level keeps from values of the field, and from 1/2, where marching cubes cannot decide."""
_CLEAR = 0.12
"""Distance that a smoothed cell keeps from 1/2 at voxel centres, so that no voxel is lost or added."""


@dataclass(frozen=True)
class Mesh:
    """A closed surface: vertices `[n, 3]` in millimetres, triangles `[m, 3]` seen from outside anticlockwise."""

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]

    @property
    def volume(self) -> float:
        """Volume in cubic millimetres."""
        a, b, c = (self.vertices[self.triangles[:, corner]].astype(np.float64) for corner in range(3))
        return float((a * np.cross(b, c)).sum() / 6)


def surface(cell: NDArray[np.bool_], size: float, tiles: int = 1, *, smooth: bool = False) -> Mesh:
    """The closed surface of `tiles`^3 copies of a cell, bool `[x, y, z]`, whose longest edge is `size` millimetres.

    `smooth` rounds stairs and keeps the volume. ZooError for a cell without solid.
    """
    if not cell.any():
        raise ZooError("an empty cell has no surface")
    field = _smoothed(cell) if smooth else cell.astype(np.float32)
    mesh = _of_volume(field, tiles, int(cell.sum()))
    return Mesh(mesh.vertices * np.float32(size / max(cell.shape)), mesh.triangles)


def volume_error(mesh: Mesh, cell: NDArray[np.bool_], size: float, tiles: int = 1) -> float:
    """Relative difference of the volume of a mesh from that of its voxels."""
    voxels = int(cell.sum()) * tiles**3 * (size / max(cell.shape)) ** 3
    error: float = mesh.volume / voxels - 1
    return error


def is_manifold(mesh: Mesh) -> bool:
    """Whether each edge belongs to two triangles, which run along it in opposite directions: it has no hole, and inside
    and outside are told apart everywhere."""
    edges = np.concatenate([mesh.triangles[:, [one, other]] for one, other in ((0, 1), (1, 2), (2, 0))]).astype(
        np.int64
    )
    forth = np.sort(edges[:, 0] * len(mesh.vertices) + edges[:, 1])
    back = np.sort(edges[:, 1] * len(mesh.vertices) + edges[:, 0])
    return bool((np.diff(forth) > 0).all() and (forth == back).all())


def _smoothed(cell: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The cell blurred across its periodic faces, yet on its own side of 1/2 at every voxel."""
    blurred = gaussian_filter(cell.astype(np.float32), 1.0, mode="wrap")
    field: NDArray[np.float32] = np.where(cell, np.maximum(blurred, 0.5 + _CLEAR), np.minimum(blurred, 0.5 - _CLEAR))
    return field


def _of_volume(field: NDArray[np.float32], tiles: int, volume: float) -> Mesh:
    """The mesh of `tiles`^3 copies of a field, in voxels, each with this volume; if there is none, the nearest to it.

    The level is found on one copy. In several, faces that were cut are not, and one more step makes up for that.
    """
    tried: dict[float, tuple[float, Mesh]] = {}

    def error(level: float) -> float:
        level = level + _APART if abs(level - 0.5) < _APART else level
        if level not in tried:
            mesh = _march(field, level)
            tried[level] = mesh.volume / volume - 1, mesh
        excess = tried[level][0]
        return excess if abs(excess) > _PRECISION else 0.0

    solid = field > 0.5
    low = (0.0 if solid.all() else float(field[~solid].max())) + _APART
    high = float(field[solid].min()) - _APART
    ends = error(low), error(high)
    if ends[0] > 0 > ends[1]:
        brentq(error, low, high, xtol=_PRECISION)
    levels = sorted(tried, key=lambda level: abs(tried[level][0]))
    if tiles == 1:
        return tried[levels[0]][1]
    slope = min((tried[levels[1]][0] - tried[levels[0]][0]) / (levels[1] - levels[0]), -_PRECISION)
    many = np.tile(field, (tiles,) * 3)
    first = _march(many, levels[0])
    missing = first.volume / (volume * tiles**3) - 1
    second = _march(many, min(max(levels[0] - missing / slope, low), high))
    return min(first, second, key=lambda mesh: abs(mesh.volume / (volume * tiles**3) - 1))


def _march(field: NDArray[np.float32], level: float) -> Mesh:
    """The level's surface, closed on the outside of the box, in voxels from its corner."""
    vertices, triangles, _, _ = marching_cubes(_closed(field, level), level)
    return Mesh(vertices - np.float32(0.5), np.ascontiguousarray(triangles[:, ::-1]))


def _closed(field: NDArray[np.float32], level: float) -> NDArray[np.float32]:
    """The field with a layer around it, of such values that the level is crossed half-way where it must be."""
    for axis in range(3):
        first, last = np.take(field, [0], axis), np.take(field, [-1], axis)
        before, after = (np.minimum(face, 2 * level - face).astype(np.float32) for face in (first, last))
        field = np.concatenate([before, field, after], axis)
    return field
