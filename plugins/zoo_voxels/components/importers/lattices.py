"""The truss catalogue of Lumpe & Stankovic, as published and as `.lat` files."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoo import Card, Kind, ZooError
from zoo_voxels.formats.trusses import NET_UNITS, NetImporter, numbers
from zoo_voxels.generation.nets import Net, lattice_from, net

_SAME = 1e-4
"""Coordinates have five digits."""
_TO_MANDEL = np.sqrt(np.outer([1, 1, 1, 0.5, 0.5, 0.5], [1, 1, 1, 0.5, 0.5, 0.5]))
"""Factors of a compliance in Voigt's notation, component by component."""
_DENSITIES = (0.001, 0.003, 0.01)
MODULI = ("Ex", "Ey", "Ez", "Gyz", "Gxz", "Gxy")
RATIOS = ("nuxy", "nuxz", "nuyx", "nuyz", "nuzx", "nuzy")
SCALING = ("Cx", "Cy", "Cz", "nx", "ny", "nz")
ASSIGNED = re.compile(r"\b(\w+)\s*=\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_CITATION = (
    "T. S. Lumpe and T. Stankovic, Exploring the property space of periodic cellular structures based on crystal "
    "networks, PNAS 118, 2021, doi:10.1073/pnas.2003504118; data doi:10.3929/ethz-b-000457598"
)


class Catalogue(NetImporter):
    """The catalogue in text: entries with a name, a normalised cell, nodes in [0, 1]^3 and bars that are cut at the
    faces of the cell. What is cut is put together again across the faces."""

    first: ClassVar[int]
    """The number of the first node in the list of bars."""
    separator: ClassVar[re.Pattern[str]]
    """A line between entries."""
    units: ClassVar[Mapping[str, str]] = {}
    kinds: ClassVar[Mapping[str, Kind]] = {}

    def card(self) -> Card:
        return Card(
            title="Truss cells, Lumpe & Stankovic's edition",
            description="Truss unit cells from the crystal networks of the catalogue of Lumpe & Stankovic (2021).",
            edition="lumpe",
            licence="CC-BY-NC-4.0",
            citation=_CITATION,
            units={**NET_UNITS, **self.units},
            kinds=self.kinds,
        )

    def entries(self, path: Path) -> Iterator[list[str]]:
        blocks = (lines for lines in self._blocks(path) if any(lines))
        for number, lines in enumerate(blocks):
            if number or any(line.startswith("Name:") for line in lines):  # A catalogue may begin with what it is.
                yield lines

    def _blocks(self, path: Path) -> Iterator[list[str]]:
        lines: list[str] = []
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in map(str.strip, file):
                if self.separator.fullmatch(line):
                    yield lines
                    lines = []
                else:
                    lines.append(line)
        yield lines

    def net(self, entry: list[str]) -> tuple[Net, Mapping[str, float | NDArray[np.float64]]]:
        name = next((line.partition(":")[2].strip() for line in entry if line.startswith("Name:")), "a cell")
        try:
            return self._net(name, entry), self._properties(entry)
        except ZooError as error:
            named = (problem if problem.startswith(name) else f"{name}: {problem}" for problem in error.problems)
            raise ZooError(*named) from error

    def _net(self, name: str, entry: list[str]) -> Net:
        cell = _section(entry, "Normalized unit cell parameters")[:1]
        lattice = lattice_from(*numbers(" ".join(cell).replace(",", " ").split(), 6, "unit cell parameters"))
        places = [numbers(line.split(), 3, f"node {i}") for i, line in enumerate(_section(entry, "Nodal positions"), 1)]
        pairs = [_pair(line, i) for i, line in enumerate(_section(entry, "Bar connectivities"), 1)]
        bars = np.array(pairs) - self.first
        nodes = np.array(places)
        problems = []
        if nodes.min() < -_SAME or nodes.max() > 1 + _SAME:
            problems.append(f"its nodes reach from {nodes.min():g} to {nodes.max():g}, expected 0 to 1.")
        for i, (start, end) in enumerate(bars, 1):
            if not (0 <= start < len(nodes) and 0 <= end < len(nodes)):
                problems.append(f"bar {i} is between nodes of which there are only {len(nodes)}.")
            elif np.abs(nodes[start] - nodes[end]).max() < _SAME:
                problems.append(f"bar {i} has no length.")
        if problems:
            raise ZooError(*problems)
        return _joined(name, lattice, nodes, bars)

    def _properties(self, entry: list[str]) -> Mapping[str, float | NDArray[np.float64]]:
        return {}


class LatCatalogue(Catalogue):
    """`.lat` files: nodes counted from 0, entries separated by `----- lattice_transition -----`.

    Compliance, where there is any, is a property for relative densities of 0.1, 0.3 and 1 percent: `[6, 6]` in Mandel's
    notation, whatever the file's, order xx, yy, zz, yz, xz, xy, base material E = 1.
    """

    revision: ClassVar[int] = 3
    suffixes: ClassVar[tuple[str, ...]] = (".lat",)
    first: ClassVar[int] = 0
    separator: ClassVar[re.Pattern[str]] = re.compile(r"-+ *lattice_transition *-+")
    units: ClassVar[Mapping[str, str]] = {f"compliance_{density:g}": "1/E" for density in _DENSITIES}
    kinds: ClassVar[Mapping[str, Kind]] = dict.fromkeys(units, "voigt")

    def _properties(self, entry: list[str]) -> Mapping[str, float | NDArray[np.float64]]:
        start, end = (
            next((i for i, line in enumerate(entry) if re.fullmatch(rf"Compliance tensors.* {word}.*", line)), 0)
            for word in ("start", "end")
        )
        voigt = start and "Mandel" not in entry[start]
        compliances: dict[str, float | NDArray[np.float64]] = {}
        for label, values in pairwise(entry[start:end]):
            if not label.startswith("-> at relative density"):
                continue
            (density,) = numbers(label.rstrip(":").split()[-1:], 1, "relative density")
            if density in _DENSITIES:
                upper = np.zeros((6, 6))
                upper[np.triu_indices(6)] = numbers(values.split(","), 21, f"compliance at density {density:g}")
                compliance = upper + np.triu(upper, 1).T
                compliances[f"compliance_{density:g}"] = _TO_MANDEL * compliance if voigt else compliance
        return compliances


class _Places(NamedTuple):
    """Nodes that are one but for whole cells: which of the unique ones each is, and the cell that it is in."""

    unique: NDArray[np.float64]
    of: NDArray[np.int64]
    cells: NDArray[np.int64]


def _joined(name: str, lattice: NDArray[np.float64], nodes: NDArray[np.float64], bars: NDArray[np.int64]) -> Net:
    places = _wrapped(nodes)
    edges = places.of[bars]
    shifts = places.cells[bars[:, 1]] - places.cells[bars[:, 0]]
    return net(name, lattice, places.unique, edges, shifts)


def _wrapped(nodes: NDArray[np.float64]) -> _Places:
    gaps = nodes[:, None] - nodes
    same = (np.abs(gaps - np.rint(gaps)) < _SAME).all(2)
    of = same.argmax(1)
    unique, of_unique = np.unique(of, return_inverse=True)
    return _Places(nodes[unique], of_unique, np.rint(nodes - nodes[of]).astype(np.int64))


def _section(entry: list[str], label: str) -> list[str]:
    """The lines after a label, from the first that is not empty to the next that is."""
    start = next((i for i, line in enumerate(entry) if line.startswith(label)), None)
    if start is None:
        raise ZooError(f"it lacks {label!r}.")
    lines: list[str] = []
    for line in entry[start + 1 :]:
        if line:
            lines.append(line)
        elif lines:
            break
    if not lines:
        raise ZooError(f"{label!r} is empty.")
    return lines


def _pair(line: str, number: int) -> tuple[int, int]:
    words = line.split()
    if len(words) != 2 or not all(word.isdecimal() for word in words):
        raise ZooError(f"bar {number}: expected the numbers of two nodes, got {line[:60]!r}.")
    return int(words[0]), int(words[1])


def as_named(name: str) -> str:
    """A Poisson's ratio by the spelling of `RATIOS`, other names as they are."""
    return re.sub(r"^(?:nu|\u03bd|v)_?(?=[xyz]{2}$)", "nu", name)
