"""Pieces and percolation of a periodic voxel cell.

Voxels connect through faces (6-neighbourhood). cc3d labels the cell on its own; its pieces are then glued across the
three pairs of opposite faces by a union-find whose links carry an integer cell offset. A loop of links that ends in
another cell than it started from has a *winding*, a vector of Z^3; the windings of a piece span the translations that
map the infinite piece to itself. Their rank is 0 for an inclusion, 1 for a rod, 2 for a sheet and 3 for a piece that
percolates in every direction. A look at the faces alone gets this wrong: a diagonal rod meets four, and has rank 1.
"""

from dataclasses import dataclass

import cc3d
import numpy as np
from numba import njit
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Connectivity:
    """What `analyse` finds in one cell; sizes are numbers of voxels."""

    solid: int
    largest_open: int
    """Largest piece of the cell on its own, where nothing continues through a face."""
    largest_periodic: int
    """Largest piece of the cell within the infinite crystal."""
    pieces: int
    """Number of pieces within the infinite crystal, translated copies counted once."""
    enclosed: int
    """Size of all pieces of rank 0 together, which go nowhere. Of a cell's void, this is what nothing can leave: powder
    and resin stay in, however many cells are printed side by side. Void that winds through the crystal in one direction
    at least comes to the surface of every print."""
    rank: int
    """Highest winding rank of a piece, 0 to 3. Pieces do not add up: rods along x and rods along y that do not touch
    have rank 1. A cell in one piece has a singular effective stiffness if this is below 3."""


def analyse(cell: NDArray[np.bool_]) -> Connectivity:
    """The pieces of `cell`, bool `[d, d, d]` (any box will do), alone and repeated periodically."""
    labels, count = cc3d.connected_components(
        np.ascontiguousarray(cell), connectivity=6, return_N=True, out_dtype=np.uint32
    )
    open_sizes, periodic_sizes, ranks = _glue(labels, count)
    return Connectivity(
        solid=int(open_sizes.sum()),
        largest_open=int(open_sizes.max()),
        largest_periodic=int(periodic_sizes.max()),
        pieces=int(np.count_nonzero(periodic_sizes)),
        enclosed=int(periodic_sizes[ranks == 0].sum()),
        rank=int(ranks.max()),
    )


@njit(cache=True, nogil=True)
def _glue(labels: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sizes of the open pieces and of the periodic ones, and the winding ranks of these, kept at their roots.

    A first pass over the face pairs joins pieces, a second reads the winding of the loop that each pair closes.
    """
    sizes = np.zeros(count + 1, dtype=np.int64)
    for label in labels.ravel():
        sizes[label] += 1
    sizes[0] = 0

    parent = np.arange(count + 1)
    offset = np.zeros((count + 1, 3), dtype=np.int64)
    members = np.ones(count + 1, dtype=np.int64)
    basis = np.zeros((count + 1, 2, 3), dtype=np.int64)
    rank = np.zeros(count + 1, dtype=np.int64)
    for joining in (True, False):
        for axis in range(3):
            near, far = _faces(labels, axis)
            last, last_other = 0, 0
            for row in range(near.shape[0]):
                for column in range(near.shape[1]):
                    one, other = far[row, column], near[row, column]
                    if one == 0 or other == 0 or (one == last and other == last_other):
                        continue
                    last, last_other = one, other
                    root, x, y, z = _find(parent, offset, one)
                    other_root, other_x, other_y, other_z = _find(parent, offset, other)
                    winding = np.array([x - other_x, y - other_y, z - other_z])
                    winding[axis] += 1
                    if root == other_root:
                        if not joining:
                            rank[root] = _extend(basis[root], rank[root], winding)
                        continue
                    if members[root] < members[other_root]:
                        root, other_root = other_root, root
                        winding = -winding
                    parent[other_root] = root
                    offset[other_root] = winding
                    members[root] += members[other_root]

    periodic = np.zeros(count + 1, dtype=np.int64)
    for piece in range(1, count + 1):
        periodic[_find(parent, offset, piece)[0]] += sizes[piece]
    return sizes, periodic, rank


@njit(cache=True, nogil=True)
def _faces(labels: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last layer across an axis."""
    if axis == 0:
        return labels[0], labels[-1]
    if axis == 1:
        return labels[:, 0], labels[:, -1]
    return labels[:, :, 0], labels[:, :, -1]


@njit(cache=True, nogil=True)
def _find(parent: np.ndarray, offset: np.ndarray, piece: int) -> tuple[int, int, int, int]:
    """The root of a piece, and the cell in which the piece lies when its root lies in cell 0."""
    x = y = z = 0
    while parent[piece] != piece:
        x += offset[piece, 0]
        y += offset[piece, 1]
        z += offset[piece, 2]
        piece = parent[piece]
    return piece, x, y, z


@njit(cache=True, nogil=True)
def _extend(basis: np.ndarray, rank: int, winding: np.ndarray) -> int:
    """The rank after one more winding; `basis` keeps the first two that are independent."""
    if rank == 0:
        independent = bool(winding.any())
    elif rank == 1:
        independent = bool(np.cross(basis[0], winding).any())
    elif rank == 2:
        independent = bool((np.cross(basis[0], basis[1]) * winding).sum() != 0)
    else:
        independent = False
    if not independent:
        return rank
    if rank < 2:
        basis[rank] = winding
    return rank + 1
