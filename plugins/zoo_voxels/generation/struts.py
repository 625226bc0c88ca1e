"""Struts along the bars of nets: every voxel whose centre lies within the radius of a bar is solid.

The VOXPLOER paper (appendix C, equation 11) takes the distance from the infinite line through a bar's ends, which makes
bars that end within the cell too long. Ours is the distance from the bar itself; the paper's is there by its name.
"""

from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zoo_voxels.generation.nets import Net

RADIUS = 0.06
"""The benchmark's radius of struts."""

Frame = Literal["fractional", "real"]
Rule = Literal["segment", "line"]


def voxelise(
    net: Net, resolution: int, radius: float = RADIUS, frame: Frame = "fractional", rule: Rule = "segment"
) -> NDArray[np.bool_]:
    """The cell `[d, d, d]` of a net, true where solid; voxel i has its centre at (i + 1/2) / d of
    each lattice vector.

    Distances, less than `radius` where solid, are taken in the cube of fractional coordinates, as the benchmark does,
    or (`frame="real"`) in space, where the unit is the longest lattice vector. Struts of the neighbouring cells that
    reach into this one are part of it. `rule="line"` is equation 11: within each cell that a bar runs through, it goes
    on in both directions to the faces of the cell.
    """
    cell = np.zeros((resolution,) * 3, dtype=np.bool_)
    start, end = net.bars()
    metric = np.eye(3)
    if frame == "real":
        metric = net.lattice @ net.lattice.T
        metric /= metric.diagonal().max()
    if rule == "segment":
        _segments(cell, start, end - start, radius, metric)
    else:
        _lines(cell, start, end - start, radius, metric)
    return cell


@njit(cache=True, nogil=True)
def _segments(cell: np.ndarray, starts: np.ndarray, spans: np.ndarray, radius: float, metric: np.ndarray) -> None:
    """Each bar marks the voxels of a box around it, wherever in the crystal that is, each in its place of the cell."""
    d = len(cell)
    reach = radius * np.sqrt(np.diag(np.linalg.inv(metric)))
    low, high = np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
    for bar in range(len(starts)):
        start, span = starts[bar], spans[bar]
        for k in range(3):
            low[k] = np.ceil((start[k] + min(span[k], 0.0) - reach[k]) * d - 0.5)
            high[k] = np.floor((start[k] + max(span[k], 0.0) + reach[k]) * d - 0.5)
        _mark(cell, start, span, radius, metric, low, high, 0.0, 1.0)


@njit(cache=True, nogil=True)
def _lines(cell: np.ndarray, starts: np.ndarray, spans: np.ndarray, radius: float, metric: np.ndarray) -> None:
    """Each cell that a bar runs through, along a face perhaps, sees the whole line."""
    low, high = np.zeros(3, dtype=np.int64), np.full(3, len(cell) - 1)
    for bar in range(len(starts)):
        start, span = starts[bar], spans[bar]
        first = np.ceil(np.minimum(start, start + span) - 1e-9).astype(np.int64) - 1
        last = np.floor(np.maximum(start, start + span) + 1e-9).astype(np.int64)
        for x in range(first[0], last[0] + 1):
            for y in range(first[1], last[1] + 1):
                for z in range(first[2], last[2] + 1):
                    seen = start - np.array([x, y, z])
                    if _length_inside(seen, span) > 1e-6:
                        _mark(cell, seen, span, radius, metric, low, high, -np.inf, np.inf)


@njit(cache=True, nogil=True)
def _length_inside(start: np.ndarray, span: np.ndarray) -> float:
    """The share of a bar that lies within the unit cube or on its faces."""
    enter, leave = 0.0, 1.0
    for k in range(3):
        if abs(span[k]) < 1e-9:
            if not -1e-9 <= start[k] <= 1 + 1e-9:
                return 0.0
            continue
        one, other = -start[k] / span[k], (1 - start[k]) / span[k]
        enter, leave = max(enter, min(one, other)), min(leave, max(one, other))
    return leave - enter


@njit(cache=True, nogil=True)
def _mark(
    cell: np.ndarray,
    start: np.ndarray,
    span: np.ndarray,
    radius: float,
    metric: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    first: float,
    last: float,
) -> None:
    """Voxels from `low` to `high` (wrapped) whose centres lie within `radius` of start + t span, first <= t <= last."""
    d = len(cell)
    along = metric @ span
    square = span @ along
    gap = np.empty(3)
    for i in range(low[0], high[0] + 1):
        gap[0] = (i + 0.5) / d - start[0]
        for j in range(low[1], high[1] + 1):
            gap[1] = (j + 0.5) / d - start[1]
            row = cell[i % d, j % d]
            fixed = gap[0] * along[0] + gap[1] * along[1]
            mixed = 2 * (gap[0] * metric[0, 2] + gap[1] * metric[1, 2])
            planar = gap[0] ** 2 * metric[0, 0] + gap[1] ** 2 * metric[1, 1] + 2 * gap[0] * gap[1] * metric[0, 1]
            place = low[2] % d
            for k in range(low[2], high[2] + 1):
                z = (k + 0.5) / d - start[2]
                projected = fixed + z * along[2]
                t = min(max(projected / square, first), last)
                distance = planar + z * (mixed + z * metric[2, 2]) + t * (t * square - 2 * projected)
                if distance < radius**2:
                    row[place] = True
                place = place + 1 if place + 1 < d else 0
