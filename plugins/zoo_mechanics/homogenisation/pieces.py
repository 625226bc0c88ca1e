"""Pieces of a cell that can carry load, since they reach into the next cell, and how their parts hold together.

Voxels are taken to touch through faces, edges and corners alike: hexahedra share the nodes there, and carry load
through them, which labels that see faces only do not tell.
"""

import itertools
from collections import defaultdict, deque
from dataclasses import dataclass

import cc3d
import numpy as np
from numpy.typing import NDArray

Offset = tuple[int, int, int]
_FEW = 2**14
"""Pairs of labels of which a table is quicker than sorting what there is."""


@dataclass(frozen=True)
class Pieces:
    """Pieces of a cell; shares are of all solid voxels."""

    bearing: NDArray[np.bool_]
    """The solid without floating parts, `[X, Y, Z]`."""
    floating: float
    """Share in parts that reach nowhere (winding rank 0)."""
    hinged: float
    """Share that bears but hangs on the largest part of its piece only by edges or corners of voxels."""


def analyse(cell: NDArray[np.bool_]) -> Pieces:
    """The pieces of a periodic cell, bool `[X, Y, Z]`."""
    solid = max(int(cell.sum()), 1)
    touching, ranks = _pieces(cell)
    bearing = cell & (ranks[touching] > 0)
    faces = cc3d.connected_components(bearing, connectivity=6, periodic_boundary=True)
    largest = np.zeros(len(ranks), dtype=np.int64)
    (one, _), sizes = _pairs(touching[bearing], faces[bearing])
    np.maximum.at(largest, one, sizes)
    kept = int(bearing.sum())
    return Pieces(bearing, 1 - kept / solid, (kept - int(largest.sum())) / solid)


def _pieces(cell: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Labels of the pieces of the infinite crystal, `[X, Y, Z]` (0 for void), and the winding rank of each label."""
    labels, count = cc3d.connected_components(np.ascontiguousarray(cell), connectivity=26, return_N=True)
    links = _links(labels.astype(np.int64))
    neighbours: defaultdict[int, list[tuple[int, Offset]]] = defaultdict(list)
    for one, other, offset in links:
        neighbours[one].append((other, offset))
        neighbours[other].append((one, (-offset[0], -offset[1], -offset[2])))
    root = np.arange(count + 1)
    ranks = np.zeros(count + 1, dtype=np.int64)
    position: dict[int, Offset] = {}
    for start in list(neighbours):
        if start not in position:
            windings = _walk(start, neighbours, position, root)
            ranks[start] = np.linalg.matrix_rank(np.array(list(windings))) if windings else 0
    return root[labels], ranks


def _walk(
    start: int, neighbours: defaultdict[int, list[tuple[int, Offset]]], position: dict[int, Offset], root: np.ndarray
) -> set[Offset]:
    """Visit a piece from one of its labels; the differences between the ways to come to the same label."""
    position[start] = (0, 0, 0)
    windings: set[Offset] = set()
    queue = deque([start])
    while queue:
        here = queue.popleft()
        root[here] = start
        x, y, z = position[here]
        for other, offset in neighbours[here]:
            there = (x + offset[0], y + offset[1], z + offset[2])
            if other not in position:
                position[other] = there
                queue.append(other)
            elif position[other] != there:
                known = position[other]
                windings.add((there[0] - known[0], there[1] - known[1], there[2] - known[2]))
    return windings


def _links(labels: NDArray[np.int64]) -> set[tuple[int, int, Offset]]:
    """Labels that touch across the cell's faces, and the cell in which the second lies."""
    links: set[tuple[int, int, Offset]] = set()
    for step in itertools.product((-1, 0, 1), repeat=3):
        if step <= (0, 0, 0):
            continue
        moving = [axis for axis in range(3) if step[axis]]
        for crossing in itertools.product((False, True), repeat=len(moving)):
            if not any(crossing):
                continue
            crossed = {axis for axis, crosses in zip(moving, crossing, strict=True) if crosses}
            one, other = zip(*(_sides(step[axis], axis in crossed) for axis in range(3)), strict=True)
            near, far = labels[one].ravel(), labels[other].ravel()
            solid = (near > 0) & (far > 0)
            (a, b), _ = _pairs(near[solid], far[solid])
            x, y, z = (step[axis] if axis in crossed else 0 for axis in range(3))
            links.update((i, j, (x, y, z)) for i, j in zip(a.tolist(), b.tolist(), strict=True))
    return links


def _pairs(one: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """The different pairs of labels, and how often each occurs."""
    size = int(other.max(initial=0)) + 1
    codes = one * size + other
    if codes.max(initial=0) < _FEW:
        counts = np.bincount(codes)
        codes = counts.nonzero()[0]
        counts = counts[codes]
    else:
        codes, counts = np.unique(codes, return_counts=True)
    return np.divmod(codes, size), counts


def _sides(step: int, crosses: bool) -> tuple[slice, slice]:
    """Along one axis: where voxels and their neighbours `step` further are, across the face or within the cell."""
    first, last, but_first, but_last = slice(0, 1), slice(-1, None), slice(1, None), slice(0, -1)
    if step == 0:
        return slice(None), slice(None)
    if crosses:
        return (last, first) if step > 0 else (first, last)
    return (but_last, but_first) if step > 0 else (but_first, but_last)
