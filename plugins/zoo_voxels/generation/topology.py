"""Topology of nets: which are the same when they are turned, stretched or written in another cell."""

import hashlib

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zoo_voxels.generation.nets import Net

SHELLS = 10
"""How far coordination sequences go; those of the RCSR collection end there too."""


def coordination_sequences(net: Net, vertices: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """How many vertices of the infinite net are 1, 2, ... `SHELLS` bars away from each vertex, `[n, SHELLS]`, or from
    each of `vertices`."""
    chosen = np.arange(len(net.vertices)) if vertices is None else vertices
    sequences: NDArray[np.int64] = _sequences(chosen, len(net.vertices), net.edges, net.shifts)
    return sequences


def topology(sequences: NDArray[np.int64], weights: NDArray[np.int64]) -> str:
    """Twelve hexadecimal digits for a net whose vertices have these coordination sequences, `weights` of each.

    The same for all ways to write a net, so nets of different digits are different nets; different nets may share
    their sequences, but seldom do.
    """
    rows, inverse = np.unique(sequences, axis=0, return_inverse=True)
    counts = np.bincount(inverse.ravel(), weights=weights).astype(np.int64)
    table = np.column_stack([counts // np.gcd.reduce(counts), rows]).astype("<i8")
    return hashlib.blake2b(table.tobytes(), digest_size=6).hexdigest()


@njit(cache=True, nogil=True)
def _sequences(chosen: np.ndarray, count: int, edges: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Breadth first through a box of cells that no path of `SHELLS` bars can leave."""
    degrees = np.zeros(count + 1, dtype=np.int64)
    for e in range(len(edges)):
        degrees[edges[e, 0] + 1] += 1
        degrees[edges[e, 1] + 1] += 1
    first = np.cumsum(degrees)
    reach = np.zeros(3, dtype=np.int64)
    for e in range(len(edges)):
        for k in range(3):
            reach[k] = max(reach[k], abs(shifts[e, k]))
    sides = 2 * SHELLS * reach + 1
    strides = np.array([sides[1] * sides[2] * count, sides[2] * count, count])
    neighbour = np.empty(first[-1], dtype=np.int64)
    place = first[:-1].copy()
    for e in range(len(edges)):
        i, j = edges[e]
        step = (shifts[e] * strides).sum()
        neighbour[place[i]] = j - i + step
        place[i] += 1
        neighbour[place[j]] = i - j - step
        place[j] += 1
    size = sides[0] * sides[1] * sides[2] * count
    centre = (SHELLS * reach * strides).sum()
    sequences = np.zeros((len(chosen), SHELLS), dtype=np.int64)
    seen = np.full(size, -1, dtype=np.int16)
    queue = np.empty(size, dtype=np.int64)
    for row in range(len(chosen)):
        queue[0] = centre + chosen[row]
        seen[queue[0]] = row
        begin, end = 0, 1
        for shell in range(SHELLS):
            last = end
            for q in range(begin, last):
                vertex = queue[q] % count
                for k in range(first[vertex], first[vertex + 1]):
                    reached = queue[q] + neighbour[k]
                    if seen[reached] != row:
                        seen[reached] = row
                        queue[end] = reached
                        end += 1
            sequences[row, shell] = end - last
            begin = last
    return sequences
