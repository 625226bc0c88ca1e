"""Crystal nets: the generator behind our own edition of MetaTruss.

Lumpe and Stankovic (2021) take their unit cells from catalogues of crystal networks. Ours are made as crystals are
described: a space group, a lattice that it leaves alone, one to three points that it repeats, in general or special
positions, and bars from each point to its nearest neighbours, shell by shell. The limits below were set by the nets of
the RCSR collection, in units of the longest lattice vector.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zoo_voxels.generation.crossings import crowding
from zoo_voxels.generation.nets import Net, connectivity
from zoo_voxels.generation.space_groups import SpaceGroup, draw_group, draw_lattice, orbit, places
from zoo_voxels.generation.topology import coordination_sequences, topology

ORBITS = (0.25, 0.4, 0.35)
"""How often a net is tried with one, two and three orbits of vertices."""

SPACING = (0.1, 0.16)
"""Range from which the least distance of two vertices is drawn, net by net."""

MAX_VERTICES = 96
MAX_BARS = 192
COMMON = 16
"""Nets of n vertices, fewer than this, are kept n times out of so many: there are few, and they come often."""
CLEARANCE = 0.06
"""Least distance of bars that share no vertex."""
ANGLE = 29.0
"""Least angle, in degrees, of bars that do."""
COORDINATION = (3, 16)
"""Bars that may meet at a vertex. With two only, a vertex is a bend in a bar."""
SHELLS = 3
"""The most shells that a vertex draws for itself; it gets up to twice as many if the net falls apart without."""

_EQUAL = 1e-6
_MAX_NEIGHBOURS = 200


@dataclass(frozen=True, slots=True)
class CrystalNet:
    """A net, the number of the space group that made it, and the digits of its topology."""

    net: Net
    group: int
    topology: str


def candidates(item: int, seed: int) -> Iterator[CrystalNet]:
    """The endless stream of nets for one place in a dataset; it depends on (seed, item) only.

    Each is in one piece, 3-periodic, and has no two bars and no two vertices nearer than the limits above. The lattice
    is scaled so that its longest vector is 1. A net is named `cub_Z06.0_0123456789ab` by its crystal system, its mean
    coordination and its topology.
    """
    rng = np.random.default_rng([seed, item])
    while True:
        group = draw_group(rng)
        lattice = draw_lattice(group.system, rng)
        sites = _draw_sites(group, lattice, rng)
        if sites is None:
            continue
        wanted = rng.integers(1, SHELLS + 1, len(sites))
        made = _Growing(group, lattice, sites).grow(wanted)
        if made is not None:
            yield made


def _draw_sites(
    group: SpaceGroup, lattice: NDArray[np.float64], rng: np.random.Generator
) -> list[NDArray[np.float64]] | None:
    """Orbits of vertices, `[n, 3]` each, or None when they do not fit."""
    spacing = rng.uniform(*SPACING)
    sites: list[NDArray[np.float64]] = []
    for _ in range(1 + rng.choice(len(ORBITS), p=ORBITS)):
        points = orbit(group, rng.random(3), lattice, spacing)
        if points is None or sum(map(len, sites)) + len(points) > MAX_VERTICES:
            return None
        if sites and _nearest(points[0], np.concatenate(sites), lattice) < spacing:
            return None
        sites.append(points)
    return sites if rng.random() * COMMON < sum(map(len, sites)) else None


def _nearest(point: NDArray[np.float64], others: NDArray[np.float64], lattice: NDArray[np.float64]) -> float:
    return float(_around(point, others, lattice)[0].min())


_CELLS = np.stack(np.meshgrid(*[(-1, 0, 1)] * 3, indexing="ij"), -1).reshape(-1, 3)


def _around(
    point: NDArray[np.float64], vertices: NDArray[np.float64], lattice: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distances from a point to the nearest copies of each vertex, `[n, 27]`, and the cells of those, `[n, 27, 3]`."""
    gaps = vertices - point
    cells = _CELLS - np.rint(gaps).astype(np.int64)[:, None]
    return np.linalg.norm((gaps[:, None] + cells) @ lattice, axis=-1), cells


class _Growing:
    """A net to which bars are added, shell by shell, each with all its images under the group."""

    def __init__(self, group: SpaceGroup, lattice: NDArray[np.float64], sites: list[NDArray[np.float64]]) -> None:
        self._group = group
        self._lattice = lattice
        self._vertices = np.concatenate(sites)
        self._sizes = np.array([len(points) for points in sites])
        self._first = np.cumsum(self._sizes) - self._sizes
        self._codes = np.empty(0, dtype=np.int64)
        self._bars = _decoded(self._codes)
        self._whole = False
        images = group.images(self._vertices)
        order = np.argsort(places(self._vertices))
        ranks = np.searchsorted(places(self._vertices)[order], places(images))
        self._permutations = order[np.minimum(ranks, len(order) - 1)]
        self._cells = np.rint(images - self._vertices[self._permutations]).astype(np.int64)

    def grow(self, wanted: NDArray[np.int64]) -> CrystalNet | None:
        """Give each site the shells it wants, nearest first, then others until all hangs together. Shells whose bars
        would cross are passed over. None if nothing comes of it."""
        taken = np.zeros(len(self._sizes), dtype=np.int64)
        for _, site, shell in sorted(self._shells(), key=lambda found: found[:2]):
            satisfied = bool((taken >= wanted).all())
            if satisfied and self._whole:
                break
            if (satisfied or taken[site] < wanted[site]) and self._add(shell):
                taken[site] += 1
        return self._finished() if self._whole else None

    def _shells(self) -> Iterator[tuple[float, int, NDArray[np.int64]]]:
        """Length, site and bars `[k, 5]` of each of the first shells around each site."""
        for site, vertex in enumerate(self._first):
            distances, cells = _around(self._vertices[vertex], self._vertices, self._lattice)
            order = np.argsort(distances, axis=None)[1:_MAX_NEIGHBOURS]
            sorted_distances = distances.ravel()[order]
            breaks = np.flatnonzero(np.diff(sorted_distances) > _EQUAL)[: 2 * SHELLS] + 1
            for start, stop in zip([0, *breaks], breaks, strict=False):
                vertices, copies = np.unravel_index(order[start:stop], distances.shape)
                bars = np.column_stack([np.full(stop - start, vertex), vertices, cells[vertices, copies]])
                yield float(sorted_distances[start]), site, bars

    def _add(self, shell: NDArray[np.int64]) -> bool:
        """Whether the images of these bars could be added, or are there already."""
        codes = np.union1d(self._codes, _images(shell, self._permutations, self._cells, self._group.rotations))
        if len(codes) == len(self._codes):
            return True
        bars = _decoded(codes)
        coordination = np.bincount(bars[:, :2].ravel(), minlength=len(self._vertices))
        if len(bars) > MAX_BARS or coordination.max() > COORDINATION[1]:
            return False
        if crowding(shell, bars, self._vertices, self._lattice, CLEARANCE, ANGLE):
            return False
        self._codes, self._bars = codes, bars
        self._whole = coordination.min() >= COORDINATION[0] and connectivity(self._net()) == (1, 3)
        return True

    def _net(self, name: str = "") -> Net:
        return Net(name, self._lattice, self._vertices, self._bars[:, :2], self._bars[:, 2:])

    def _finished(self) -> CrystalNet:
        digits = topology(coordination_sequences(self._net(), self._first), self._sizes)
        mean = 2 * len(self._bars) / len(self._vertices)
        return CrystalNet(self._net(f"{self._group.system}_Z{mean:04.1f}_{digits}"), self._group.number, digits)


@njit(cache=True, nogil=True)
def _images(shell: np.ndarray, permutations: np.ndarray, cells: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """Codes of the bars that the group makes of some, each as often as it is made."""
    codes = np.empty((len(rotations), len(shell)), dtype=np.int64)
    for g in range(len(rotations)):
        for b in range(len(shell)):
            i, j = shell[b, 0], shell[b, 1]
            forward, backward = permutations[g, i], permutations[g, j]
            forward, backward = (forward << 7) + backward, (backward << 7) + forward
            for k in range(3):
                shift = cells[g, j, k] - cells[g, i, k]
                for m in range(3):
                    shift += rotations[g, k, m] * shell[b, 2 + m]
                forward, backward = (forward << 4) + 8 + shift, (backward << 4) + 8 - shift
            codes[g, b] = min(forward, backward)
    return codes


def _decoded(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Bars `[m, 5]` from codes: seven bits for each vertex, four for each component of the shift, from -8 to 7."""
    vertices = codes >> 19 & 127, codes >> 12 & 127
    return np.stack([*vertices, *((codes >> place & 15) - 8 for place in (8, 4, 0))], axis=1)
