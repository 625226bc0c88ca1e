"""Crystal nets as graphs, placed by us."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from zoo import Card, ZooError
from zoo_voxels.components.importers.crystal_nets import RCSR
from zoo_voxels.formats.trusses import NET_UNITS, NetImporter
from zoo_voxels.generation.nets import Net, net

_FLAT = 1e-9


class ArcNets(NetImporter):
    """`.arc` archives of Systre and CrystalNets: `key d i j s1 … sd …`, edges from vertex i to vertex j (from 1) in
    the cell s, then `id NAME`.

    A graph has no geometry. Vertices are placed where each is the mean of its neighbours, and the lattice is the one
    that makes the sum of squared edges least for its volume: the most symmetric embedding (O. Delgado-Friedrichs and M.
    O'Keeffe, Acta Cryst. A59, 2003; M. Kotani and T. Sunada, Trans. AMS 353, 2001). Nets in which vertices then
    coincide are refused.
    """

    revision: ClassVar[int] = 2
    suffixes: ClassVar[tuple[str, ...]] = (".arc",)

    def card(self) -> Card:
        return Card(
            title="Crystal nets, RCSR edition",
            description="Cells of struts along the edges of crystal nets, in barycentric placement.",
            edition="rcsr",
            licence="not stated",
            citation=RCSR,
            units=NET_UNITS,
        )

    def entries(self, path: Path) -> Iterator[tuple[str, str]]:
        key = None
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                word, _, rest = line.strip().partition("\t" if "\t" in line else " ")
                if word == "key":
                    if key is not None:
                        yield key, "a net"
                    key = rest
                elif word == "id" and key is not None:
                    yield key, rest.strip()
                    key = None
        if key is not None:
            yield key, "a net"

    def net(self, entry: tuple[str, str]) -> tuple[Net, Mapping[str, float | NDArray[np.float64]]]:
        key, name = entry
        edges, shifts = _graph(key, name)
        count = int(edges.max()) + 1
        try:
            vertices = barycentric(count, edges, shifts)
        except ZooError as error:
            raise ZooError(f"{name}: {error}") from error
        spans = vertices[edges[:, 1]] + shifts - vertices[edges[:, 0]]
        inertia = spans.T @ spans
        if np.linalg.eigvalsh(inertia)[0] < _FLAT * np.trace(inertia):
            raise ZooError(f"{name}: it is not 3-periodic.")
        lattice = np.linalg.cholesky(np.linalg.inv(inertia))
        return net(name, lattice, vertices, edges, shifts), {}


def _graph(key: str, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    try:
        dimension, *values = (int(word) for word in key.split())
    except ValueError as error:
        raise ZooError(f"{name}: its key holds more than whole numbers.") from error
    if dimension != 3:
        raise ZooError(f"{name}: it is {dimension}-periodic, not 3-periodic.")
    if not values or len(values) % 5:
        raise ZooError(f"{name}: its key has {len(values)} numbers after the first, expected five for each edge.")
    rows = np.array(values, dtype=np.int64).reshape(-1, 5)
    present = np.unique(rows[:, :2])
    if present[0] != 1 or present[-1] != len(present):
        raise ZooError(f"{name}: its vertices are not numbered from 1 on without gaps.")
    return rows[:, :2] - 1, rows[:, 2:]


def barycentric(count: int, edges: NDArray[np.int64], shifts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places `[count, 3]` at which every vertex is the mean of its neighbours, the first at the origin: the solution of
    the graph's Laplacian. ZooError if the graph is in pieces."""
    start, end = edges.T
    pieces, _ = connected_components(coo_array((np.ones(len(edges)), (start, end)), (count, count)))
    if pieces > 1:
        raise ZooError(f"it is in {pieces} pieces, and where they are to each other is not known.")
    laplacian, pull = np.zeros((count, count)), np.zeros((count, 3))
    np.subtract.at(laplacian, (start, end), 1)
    np.subtract.at(laplacian, (end, start), 1)
    np.fill_diagonal(laplacian, laplacian.diagonal() - laplacian.sum(1))
    np.add.at(pull, start, shifts)
    np.subtract.at(pull, end, shifts)
    # A constant is what the Laplacian leaves open; added to it, it fixes the mean at the origin.
    free = np.linalg.solve(laplacian + 1, pull)
    places: NDArray[np.float64] = free - free[0]
    return places
