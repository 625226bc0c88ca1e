"""Periodic nets: vertices and straight bars that repeat with a lattice."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from zoo import ZooError

SAME = 1e-6
"""Fractional coordinates that differ by less are one."""


@dataclass(frozen=True, slots=True)
class Net:
    """A net as the part that fills one unit cell. `net` makes one that is checked and in normal form."""

    name: str
    lattice: NDArray[np.float64]
    """Lattice vectors as rows, `[3, 3]`, in any unit of length."""
    vertices: NDArray[np.float64]
    """Fractional coordinates in [0, 1), `[n, 3]`."""
    edges: NDArray[np.int64]
    """Bars as pairs of vertices, `[m, 2]`, each bar of the cell once."""
    shifts: NDArray[np.int64]
    """The cell in which a bar that starts in cell 0 ends, `[m, 3]`."""

    def bars(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Fractional coordinates of both ends of each bar, `[m, 3]` each; the second may lie outside of [0, 1)."""
        return self.vertices[self.edges[:, 0]], self.vertices[self.edges[:, 1]] + self.shifts

    def lengths(self) -> NDArray[np.float64]:
        """Lengths of the bars, `[m]`, in the unit of the lattice."""
        start, end = self.bars()
        lengths: NDArray[np.float64] = np.linalg.norm((end - start) @ self.lattice, axis=1)
        return lengths

    def coordination(self) -> NDArray[np.int64]:
        """How many bars meet at each vertex, `[n]`."""
        return np.bincount(self.edges.ravel(), minlength=len(self.vertices))


def net(name: str, lattice: ArrayLike, vertices: ArrayLike, edges: ArrayLike, shifts: ArrayLike) -> Net:
    """A net in normal form: vertices moved into [0, 1), each bar once, from its lower vertex, bars sorted.

    ZooError, with everything that is wrong, for no bars, a flat or infinite lattice, coordinates that are not numbers,
    bars between vertices that are not there, and bars of no length.
    """
    lattice, vertices = np.array(lattice, dtype=float).reshape(3, 3), np.array(vertices, dtype=float).reshape(-1, 3)
    edges, shifts = np.array(edges, dtype=np.int64).reshape(-1, 2), np.array(shifts, dtype=np.int64).reshape(-1, 3)
    problems = []
    if not np.isfinite(lattice).all() or abs(np.linalg.det(lattice)) <= SAME * np.abs(lattice).max() ** 3:
        problems.append(f"{name}: its lattice spans no volume")
    if not np.isfinite(vertices).all():
        problems.append(f"{name}: its vertices have coordinates that are not numbers")
    if not len(edges):
        problems.append(f"{name}: it has no bars")
    elif edges.min() < 0 or edges.max() >= len(vertices):
        problems.append(f"{name}: it has bars between vertices that are not among its {len(vertices)}")
    if problems:
        raise ZooError(*problems)
    cells = np.floor(vertices + SAME).astype(np.int64)
    wrapped = np.maximum(vertices - cells, 0.0)
    unique = each_once(edges, shifts + cells[edges[:, 1]] - cells[edges[:, 0]])
    made = Net(name, lattice, wrapped, unique[:, :2], unique[:, 2:])
    start, end = made.bars()
    if none := int((np.abs(end - start).max(1) < SAME).sum()):
        raise ZooError(f"{name}: {none} of its bars have no length")
    return made


def each_once(edges: NDArray[np.int64], shifts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows (vertex, vertex, shift), `[m, 5]`, sorted, where a bar and its reverse are one."""
    forward = np.hstack([edges, shifts])
    backward = np.hstack([edges[:, ::-1], -shifts])
    differ = forward != backward
    first = np.arange(len(forward)), differ.argmax(1)
    reverse = forward[first] > backward[first]
    return np.unique(np.where(reverse[:, None], backward, forward), axis=0)


def lattice_from(
    a: float, b: float, c: float, alpha: float = 90.0, beta: float = 90.0, gamma: float = 90.0
) -> NDArray[np.float64]:
    """Lattice vectors as rows, `[3, 3]`, from lengths and angles in degrees: a along x, b in the plane of x and y.
    ZooError if there is no such cell."""
    lengths, angles = np.array([a, b, c]), np.array([alpha, beta, gamma])
    ca, cb, cg = np.where(angles == 90, 0.0, np.cos(np.radians(angles)))
    sine = np.sqrt(1 - cg**2)
    square = 1 - ca**2 - cb**2 - cg**2 + 2 * ca * cb * cg
    if not (lengths > 0).all() or not square > 0:
        raise ZooError(f"no cell has lengths {a:g}, {b:g}, {c:g} and angles {alpha:g}, {beta:g}, {gamma:g}")
    unit = np.array([[1, 0, 0], [cg, sine, 0], [cb, (ca - cb * cg) / sine, np.sqrt(square) / sine]])
    rows: NDArray[np.float64] = lengths[:, None] * unit
    return rows


def connectivity(net: Net) -> tuple[int, int]:
    """Pieces of the infinite net, and the number of independent directions in which a piece goes on, 0 to 3, the
    highest of all pieces.

    The loops of a piece span a lattice of translations. A piece that goes on in three directions but returns only to
    every k-th cell has k - 1 translated copies, which count as pieces of their own; copies of pieces of lower rank
    have no number, and each of these counts once.
    """
    pieces, rank = _connectivity(len(net.vertices), net.edges, net.shifts)
    return int(pieces), int(rank)


@njit(cache=True, nogil=True)
def _connectivity(count: int, edges: np.ndarray, shifts: np.ndarray) -> tuple[int, int]:
    """A search from each vertex that was not reached yet gives every vertex a cell; each further bar closes a loop."""
    cells = np.zeros((count, 3), dtype=np.int64)
    piece = np.full(count, -1)
    pieces, highest = 0, 0
    for root in range(count):
        if piece[root] >= 0:
            continue
        piece[root] = root
        grown = True
        while grown:
            grown = False
            for e in range(len(edges)):
                i, j = edges[e]
                if piece[i] == root and piece[j] < 0:
                    piece[j] = root
                    cells[j] = cells[i] + shifts[e]
                    grown = True
                elif piece[j] == root and piece[i] < 0:
                    piece[i] = root
                    cells[i] = cells[j] - shifts[e]
                    grown = True
        loops = np.zeros((3, 3), dtype=np.int64)
        for e in range(len(edges)):
            i, j = edges[e]
            if piece[i] == root:
                _reduce(loops, cells[i] + shifts[e] - cells[j])
        rank = 0
        for k in range(3):
            rank += loops[k, k] != 0
        pieces += abs(loops[0, 0] * loops[1, 1] * loops[2, 2]) if rank == 3 else 1
        highest = max(highest, rank)
    return pieces, highest


@njit(cache=True, nogil=True)
def _reduce(basis: np.ndarray, vector: np.ndarray) -> None:
    """Add a vector to an integer lattice that is kept in echelon form: row k begins in column k, or is zero."""
    for k in range(3):
        while vector[k] != 0:
            if basis[k, k] == 0:
                basis[k] = vector
                return
            vector -= (vector[k] // basis[k, k]) * basis[k]
            if vector[k] != 0:
                swapped = basis[k].copy()
                basis[k] = vector
                vector = swapped


def closest_vertices(net: Net) -> float:
    """The least distance between two vertices, translated copies included, in the unit of the lattice."""
    return float(_closest_vertices(net.vertices, net.lattice))


@njit(cache=True, nogil=True)
def _closest_vertices(vertices: np.ndarray, lattice: np.ndarray) -> float:
    least = np.inf
    for i in range(len(vertices)):
        for j in range(i, len(vertices)):
            gap = vertices[j] - vertices[i]
            gap -= np.rint(gap)
            for n in range(27):
                if i == j and n == 13:
                    continue
                x, y, z = gap[0] + n // 9 - 1, gap[1] + n // 3 % 3 - 1, gap[2] + n % 3 - 1
                square = 0.0
                for k in range(3):
                    square += (x * lattice[0, k] + y * lattice[1, k] + z * lattice[2, k]) ** 2
                least = min(least, square)
    distance: float = np.sqrt(least)
    return distance
