"""Crystal nets with geometry, as Systre and the RCSR write them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zoo import Card, ZooError
from zoo_voxels.components.metatruss import MEASURED
from zoo_voxels.formats.space_groups import Setting, settings
from zoo_voxels.formats.trusses import NET_UNITS, NetImporter, numbers
from zoo_voxels.generation.nets import Net, lattice_from, net

RCSR = (
    "M. O'Keeffe, M. A. Peskov, S. J. Ramsden, O. M. Yaghi, The Reticular Chemistry Structure Resource (RCSR) database "
    "of, and symbols for, crystal nets, Acc. Chem. Res. 41, 2008, doi:10.1021/ar800124u"
)
_APART = 2e-3
"""Places that differ by less in space, in units of the longest lattice vector, are one: files have five digits or
fewer, and a place comes about by a symmetry operation."""
_NODES, _EDGES = ("NODE", "ATOM", "VERTEX"), ("EDGE",)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Block = list[list[str]]
"""The lines of an entry, each as its words."""


class CgdNets(NetImporter):
    """`.cgd` files: nets as `CRYSTAL` blocks with a space group, a cell, and nodes and edges of the asymmetric unit.

    A net is expanded by its space group and refused unless every node has as many neighbours as its line says. Where
    the group's name leaves the setting open, the first that gives those numbers is taken.
    """

    revision: ClassVar[int] = 2
    suffixes: ClassVar[tuple[str, ...]] = (".cgd",)

    def card(self) -> Card:
        return Card(
            title="Crystal nets, RCSR edition",
            description=(f"Cells of struts along the edges of crystal nets, in the embeddings of the RCSR. {MEASURED}"),
            edition="rcsr",
            licence="not stated",
            citation=RCSR,
            units={**NET_UNITS, "space_group": ""},
        )

    def entries(self, path: Path) -> Iterator[Block]:
        block: Block | None = None
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.partition("#")[0].split()
                key = words[0].upper() if words else ""
                if key == "CRYSTAL" and block is not None:
                    yield block
                if key == "CRYSTAL":
                    block = []
                elif key.startswith("END") and block is not None:
                    yield [*block, ["END"]]
                    block = None
                elif words and block is not None:
                    block.append([key, *words[1:]])
        if block is not None:
            yield block

    def net(self, entry: Block) -> tuple[Net, Mapping[str, float | Floats]]:
        crystal = _crystal(entry)
        problems = []
        for setting in crystal.settings:
            try:
                return expanded(crystal, setting), {"space_group": float(setting.number)}
            except ZooError as error:
                problems.append(error)
        raise problems[0]


class Crystal(NamedTuple):
    """Contents of a block."""

    name: str
    settings: list[Setting]
    lattice: Floats
    nodes: Floats
    """`[n, 3]`."""
    coordination: list[int]
    ends: Floats
    """Both ends of each edge, `[m, 2, 3]`."""


def _crystal(block: Block) -> Crystal:
    name = " ".join(word for line in block if line[0] == "NAME" for word in line[1:]).strip('" ') or "a net"
    if ["END"] not in block:
        raise ZooError(f"{name}: it has no END.")
    group, cell = ([line[1:] for line in block if line[0] == key] for key in ("GROUP", "CELL"))
    nodes, edges = ([line[1:] for line in block if line[0] in keys] for keys in (_NODES, _EDGES))
    counts = {"GROUP": len(group) == 1, "CELL": len(cell) == 1, "NODE": nodes, "EDGE": edges}
    if missing := [key for key, there in counts.items() if not there]:
        raise ZooError(
            f"{name}: it needs one GROUP, one CELL, NODEs and EDGEs; wrong or missing: {', '.join(missing)}."
        )
    try:
        places = [numbers(words[2:], 3, f"NODE {' '.join(words[:1])}") for words in nodes]
        coordination = [int(numbers(words[1:2], 1, f"NODE {words[0]}")[0]) for words in nodes]
        named = {words[0]: place for words, place in zip(nodes, places, strict=True)}
        ends = [_ends(words, named) for words in edges]
        lattice = lattice_from(*numbers(cell[0], 6, "CELL"))
        return Crystal(name, settings(" ".join(group[0])), lattice, np.array(places), coordination, np.array(ends))
    except ZooError as error:
        raise ZooError(*(f"{name}: {problem}" for problem in error.problems)) from error


def _ends(words: list[str], known: Mapping[str, list[float]]) -> list[list[float]]:
    """An end is three numbers, or the name of a node."""
    ends, rest = [], words
    for end in range(2):
        if rest and rest[0] in known and len(rest) != 3 * (2 - end):
            ends.append(known[rest[0]])
            rest = rest[1:]
        else:
            ends.append(numbers(rest[:3], 3, f"EDGE {' '.join(words)}"))
            rest = rest[3:]
    if rest:
        raise ZooError(f"EDGE {' '.join(words)}: expected two ends.")
    return ends


def expanded(crystal: Crystal, setting: Setting) -> Net:
    """The whole net. ZooError if an end of an edge is at no node, or a node has not the neighbours that it should."""
    rotations, translations = setting.rotations, setting.translations
    nodes, of = _orbits(crystal, setting)
    images = np.einsum("gij,mej->gmei", rotations, crystal.ends) + translations[:, None, None, :]
    starts, first = _nearest(nodes, images[:, :, 0].reshape(-1, 3), crystal)
    stops, last = _nearest(nodes, images[:, :, 1].reshape(-1, 3), crystal)
    made = net(crystal.name, crystal.lattice, nodes, np.stack([starts, stops], 1), last - first)
    coordination = made.coordination()
    wrong = {
        int(of[i]): int(coordination[i]) for i in range(len(nodes)) if coordination[i] != crystal.coordination[of[i]]
    }
    if wrong:
        node, count = next(iter(wrong.items()))
        raise ZooError(
            f"{crystal.name}: node {node + 1} has {count} neighbours, and its line says {crystal.coordination[node]}."
        )
    return made


def _orbits(crystal: Crystal, setting: Setting) -> tuple[Floats, Ints]:
    """All nodes of the cell `[n, 3]`, in [0, 1), and which of the asymmetric unit each is an image of."""
    places, of = [], []
    for node, place in enumerate(crystal.nodes):
        images = setting.rotations @ place + setting.translations
        earlier = np.tril(_distances(images, images, crystal) < _APART, -1)
        orbit = images[~earlier.any(1)]
        places.append(orbit - np.floor(orbit))
        of += [node] * len(orbit)
    return np.concatenate(places), np.array(of)


def _nearest(nodes: Floats, places: Floats, crystal: Crystal) -> tuple[Ints, Ints]:
    """The node at each place, and the cell that it is in there."""
    distances = _distances(places, nodes, crystal)
    nearest = distances.argmin(1)
    if (distances[np.arange(len(places)), nearest] > _APART).any():
        raise ZooError(f"{crystal.name}: an edge ends where no node is.")
    return nearest, np.rint(places - nodes[nearest]).astype(np.int64)


def _distances(places: Floats, others: Floats, crystal: Crystal) -> Floats:
    """Between places `[n, 3]` and the nearest copies of others `[m, 3]`, `[n, m]`, in longest lattice vectors."""
    distances: Floats = _lengths(places, others, crystal.lattice / np.linalg.norm(crystal.lattice, axis=1).max())
    return distances


@njit(cache=True, nogil=True)
def _lengths(places: np.ndarray, others: np.ndarray, lattice: np.ndarray) -> np.ndarray:
    lengths = np.empty((len(places), len(others)))
    for i in range(len(places)):
        for j in range(len(others)):
            x, y, z = places[i, 0] - others[j, 0], places[i, 1] - others[j, 1], places[i, 2] - others[j, 2]
            x, y, z = x - np.rint(x), y - np.rint(y), z - np.rint(z)
            square = 0.0
            for k in range(3):
                square += (x * lattice[0, k] + y * lattice[1, k] + z * lattice[2, k]) ** 2
            lengths[i, j] = np.sqrt(square)
    return lengths
