"""Nearest cells modulo periodic shifts and the 48 symmetries of the cube: the same material as far as that goes.

A few candidates are compared closely (`alignment`): those of nearest `descriptor`, which no shift and no symmetry can
change, and whichever cells the caller knows to be near. So the overlap that is found is one that exists, and the true
one may be higher: candidates may be missed. Of planted copies, shifted, turned and reflected at random, none was
missed, whether exact or with 2 % of the voxels flipped (see docs/findings/evaluation.md).

The work is shared out among the processes of a run; each must call.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zoo import Data
from zoo_voxels.likeness.alignment import aligned, best_symmetries, descriptor, modes, most_overlap, spectrum, waves
from zoo_voxels.threads import each_together

CANDIDATES = 4
_TRIED = 8
"""Symmetries of each candidate of which shorter waves are looked at. Long waves can hardly tell the images of a cell
that is nearly symmetric: those of planted trusses put the right one in place 5 at worst, of 48."""
_ROWS_AT_ONCE = 256

Cells = NDArray[np.bool_]


def descriptors(cells: Cells) -> NDArray[np.float32]:
    """Descriptors `[B, n]` of cells `[B, d, d, d]`, a block at a time."""
    starts = range(0, len(cells), _ROWS_AT_ONCE)
    return np.concatenate([descriptor(modes(cells[start : start + _ROWS_AT_ONCE])) for start in starts])


def packed_descriptors(packed: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Descriptors `[N, n]` of packed cells `[N, ceil(d^3 / 8)]` of `shape`, which may be memory-mapped."""

    def describe(start: int) -> NDArray[np.float32]:
        return descriptor(modes(unpacked(packed[start : start + _ROWS_AT_ONCE], shape)))

    return np.concatenate(each_together(describe, range(0, len(packed), _ROWS_AT_ONCE)))


def described(name: str, packed: NDArray[np.uint8], reference: Data) -> NDArray[np.float32]:
    """`packed_descriptors` of the data's cells of this name, worked out once."""
    shape = reference.domain.structure.shape
    descriptions: NDArray[np.float32] = reference.facts.once(
        f"descriptors of {name} cells", lambda: packed_descriptors(packed, shape)
    )
    return descriptions


def likest(
    cells: Cells,
    packed: NDArray[np.uint8],
    described: NDArray[np.float32],
    known: Sequence[NDArray[np.int64]] = (),
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The row of `packed`, `[N, ceil(d^3 / 8)]`, likest to each cell `[B, d, d, d]`: its index and its IoU, `[B]`
    each.

    `packed` need hold a cell in one orientation only, and may be memory-mapped; `described` are its
    `packed_descriptors`, and `known` rows that are candidates too, `[B]` each.
    """
    shape = cells.shape[1:]
    queries = descriptors(cells)
    near = [
        _nearest(queries[start : start + _ROWS_AT_ONCE], described) for start in range(0, len(cells), _ROWS_AT_ONCE)
    ]
    candidates = np.concatenate([np.concatenate(near), *(rows[:, None] for rows in known)], axis=1)

    def compare(place: int) -> tuple[int, float]:
        rows = np.array(list(dict.fromkeys(candidates[place].tolist())))
        most = most_overlap(queries[place], described[rows], shape[0])
        best, overlap = _likest(cells[place], unpacked(packed[rows], shape), most)
        return int(rows[best]), overlap

    pairs = each_together(compare, range(len(cells)))
    return np.array([row for row, _ in pairs], dtype=np.int64), np.array([overlap for _, overlap in pairs])


def repeats(cells: Cells, overlaps: NDArray[np.float64], limit: float) -> NDArray[np.bool_]:
    """Whether a cell before it in the list is the same up to an IoU of `limit`, for each of `[B, d, d, d]`.
    `overlaps` is the IoU of each pair as they stand, `[B, B]`."""
    described = descriptors(cells)
    gaps = _squared_distances(described, described)

    def compare(place: int) -> bool:
        if place == 0:
            return False
        near = np.argsort(gaps[place, :place], kind="stable")[:CANDIDATES]
        leader = int(np.argmax(overlaps[place, :place]))
        if overlaps[place, leader] >= limit:
            return True
        rows = np.array(list(dict.fromkeys([*near.tolist(), leader])))
        most = most_overlap(described[place], described[rows], cells.shape[1])
        rows, most = rows[most >= limit], most[most >= limit]
        return len(rows) > 0 and _likest(cells[place], cells[rows], most)[1] >= limit

    return np.array(each_together(compare, range(len(cells))), dtype=bool)


def unpacked(packed: NDArray[np.uint8], shape: tuple[int, ...]) -> Cells:
    """Packed cells as bool `[B, *shape]`."""
    bits = np.unpackbits(packed, axis=1, count=int(np.prod(shape)))
    return bits.view(bool).reshape(len(packed), *shape)


def _likest(cell: Cells, others: Cells, most: NDArray[np.float64]) -> tuple[int, float]:
    """Which of some cells overlaps a cell most, and by how much. `most` is what each can at most, `[B]`: those that
    cannot exceed an earlier one are not looked at."""
    own_waves, whole = waves(cell[None])[0], spectrum(cell)
    best, overlap = 0, -1.0
    for place, other in enumerate(others):
        if most[place] > overlap:
            symmetries = best_symmetries(own_waves, waves(other[None])[0], _TRIED, len(cell))
            candidate = aligned(whole, other, symmetries)
            if candidate > overlap:
                best, overlap = place, candidate
    return best, overlap


def _nearest(wanted: NDArray[np.float32], described: NDArray[np.float32]) -> NDArray[np.int64]:
    """The rows of nearest descriptors, the nearest first, `[B, CANDIDATES]` or as many as there are."""
    gaps = _squared_distances(wanted, described)
    index = np.argpartition(gaps, min(CANDIDATES, gaps.shape[1]) - 1, axis=1)[:, :CANDIDATES]
    index.sort(axis=1)
    order = np.argsort(np.take_along_axis(gaps, index, 1), axis=1, kind="stable")
    return np.take_along_axis(index, order, 1)


def _squared_distances(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = (first**2).sum(1)[:, None] + (second**2).sum(1)
    distances: NDArray[np.float32] = lengths - 2 * (first @ second.T)
    return distances
