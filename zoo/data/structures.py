"""Structures with their lattice and names, from whatever file they lie in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from zoo.errors import ZooError, abridged
from zoo.interfaces.domain import Domain

LATTICE = "lattice"
"""The property that is the lattice of a structure's cell, where it is `[3, 3]`."""
_TOLERANCE = 1e-3
"""How far a cube's edges may differ in length or from a right angle: files have four digits or five."""


@dataclass(frozen=True, eq=False)
class Structures:
    """Structures of one kind, as `read_structures` returns them."""

    source: str
    """The file or files, for messages."""
    structures: np.ndarray
    """`[n, *S]`: uint8 if hard and binary, else float32."""
    lattice: np.ndarray
    """Lattice vectors as rows, float64 `[n, 3, 3]`, in units of the cell edge, as `Domain.lattice` has them; those of
    the domain, cubes by default, where the file says nothing."""
    names: list[str]
    """Names of the structures: the file's, or the number of the entry in it, counted from 1."""
    properties: Mapping[str, np.ndarray]
    """What the files know of the structures, `{name: [n, ...]}`, float32, NaN where one has no value."""

    def __len__(self) -> int:
        return len(self.structures)

    def take(self, numbers: Sequence[int]) -> "Structures":
        """The structures of these numbers, counted from 0."""
        rows = np.asarray(numbers, np.int64)
        properties = {name: values[rows] for name, values in self.properties.items()}
        names = [self.names[row] for row in rows]
        return Structures(self.source, self.structures[rows], self.lattice[rows], names, properties)


def lattices(properties: Mapping[str, np.ndarray], domain: Domain, count: int) -> np.ndarray:
    """The lattices `[count, 3, 3]` by the property `lattice`; the domain's where there is none."""
    with torch.device("cpu"):  # A model that is tried out on the meta device has this file read too.
        lattice: np.ndarray = domain.lattice(count).double().numpy().copy()
    stated = properties.get(LATTICE)
    if stated is not None and stated.shape == lattice.shape:
        given = np.isfinite(stated).all((1, 2))
        lattice[given] = stated[given]
    return lattice


def require_cubes(structures: Structures, who: str) -> None:
    """ZooError, with the names of those that are not, unless the cell of every structure is a cube; `who` takes cubes
    alone."""
    products = structures.lattice @ structures.lattice.transpose(0, 2, 1)
    square = products.trace(axis1=1, axis2=2)[:, None, None] / 3
    bent = np.abs(products - square * np.eye(3)).max((1, 2)) > _TOLERANCE * square[:, 0, 0]
    problems = [
        f"{structures.names[row]}: its lattice is {_parameters(structures.lattice[row])}, and {who} takes cubes."
        for row in np.flatnonzero(bent)
    ]
    if problems:
        raise ZooError(*abridged(problems))


def _parameters(lattice: np.ndarray) -> str:
    """Lengths and angles of a lattice, as crystallographers give them."""
    lengths = np.linalg.norm(lattice, axis=1)
    units = lattice / lengths[:, None]
    cosines = [units[1] @ units[2], units[0] @ units[2], units[0] @ units[1]]
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    return f"{':'.join(f'{length:.4g}' for length in lengths)}, {', '.join(f'{angle:.4g}' for angle in angles)} degrees"
