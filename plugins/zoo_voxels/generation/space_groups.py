"""Space groups in their conventional cells: operations (from spglib), lattices, and orbits of points."""

import functools
from dataclasses import dataclass

import numpy as np
import spglib
from numpy.typing import NDArray

from zoo_voxels.generation.nets import lattice_from

COUNT = 230

SYSTEMS = {"tri": 2, "mon": 15, "ort": 74, "tet": 142, "trig": 167, "hex": 194, "cub": COUNT}
"""The crystal systems, with the highest number of their groups, by the prefixes of Lumpe and Stankovic's names."""

SHARES = (0.01, 0.04, 0.14, 0.26, 0.10, 0.17, 0.28)
CENTROSYMMETRIC = 0.77
"""How often a group of each system is drawn, and within it one with a centre of symmetry: as RCSR's nets have them."""

MIN_AXIS = 0.35
"""Length of the shortest lattice vector drawn, in units of the longest. One in six of the nets in RCSR's collection
has a shorter one."""

OBLIQUE = 20.0
"""How many degrees a drawn angle may differ from a right one."""

GRID = 1_728_000
"""Fractional coordinates are compared in steps of 1 / GRID; it has the denominators of all special positions."""

_MAX_MERGES = 12


@dataclass(frozen=True, slots=True)
class SpaceGroup:
    """The operations x -> R x + t of fractional coordinates, translations by lattice vectors left out."""

    number: int
    rotations: NDArray[np.int64]
    """R, `[g, 3, 3]`."""
    translations: NDArray[np.float64]
    """t, `[g, 3]`."""

    @property
    def is_centrosymmetric(self) -> bool:
        """Whether the group has an inversion."""
        return bool((self.rotations == -np.eye(3)).all((1, 2)).any())

    @property
    def system(self) -> str:
        """Name of the crystal system, in small letters."""
        return next(name for name, last in SYSTEMS.items() if self.number <= last)

    def images(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Every point under every operation, `[g, n, 3]`, not wrapped."""
        moved: NDArray[np.float64] = points @ self.rotations.transpose(0, 2, 1) + self.translations[:, None]
        return moved


@functools.cache
def space_group(number: int) -> SpaceGroup:
    """The group of this number (1 to 230) of the International Tables: unique axis b, hexagonal axes, and origin choice
    2, a centre of symmetry, where the tables offer two."""
    operations = spglib.get_symmetry_from_database(_halls()[number - 1])
    return SpaceGroup(number, operations["rotations"].astype(np.int64), operations["translations"].astype(float))


@functools.cache
def _halls() -> list[int]:
    """The setting of each of the 230 groups among spglib's 530: the first, or the first of origin choice 2."""
    halls: dict[int, int] = {}
    for hall in range(530, 0, -1):
        kind = spglib.get_spacegroup_type(hall)
        if kind.choice == "2" or spglib.get_spacegroup_type(halls.get(kind.number, hall)).choice != "2":
            halls[kind.number] = hall
    return [halls[number] for number in range(1, COUNT + 1)]


@functools.cache
def _numbers(system: str, centrosymmetric: bool) -> list[int]:
    every = map(space_group, range(1, COUNT + 1))
    return [g.number for g in every if g.system == system and g.is_centrosymmetric == centrosymmetric]


def draw_group(rng: np.random.Generator) -> SpaceGroup:
    """A group: its system and whether it has a centre of symmetry by their shares, then any of those."""
    system = list(SYSTEMS)[rng.choice(len(SHARES), p=SHARES)]
    return space_group(int(rng.choice(_numbers(system, bool(rng.random() < CENTROSYMMETRIC)))))


def draw_lattice(system: str, rng: np.random.Generator) -> NDArray[np.float64]:
    """A lattice of a crystal system, rows `[3, 3]`, scaled so that its longest vector is 1."""
    a, b, c = rng.uniform(MIN_AXIS, 1.0, 3)
    alpha, beta, gamma = 90 + rng.uniform(-OBLIQUE, OBLIQUE, 3)
    if system == "mon":
        alpha = gamma = 90.0
    elif system != "tri":
        alpha = beta = gamma = 90.0
    if system in ("tet", "trig", "hex", "cub"):
        b = a
    if system == "cub":
        c = a
    if system in ("trig", "hex"):
        gamma = 120.0
    longest = max(a, b, c)
    return lattice_from(a / longest, b / longest, c / longest, alpha, beta, gamma)


def orbit(
    group: SpaceGroup, point: NDArray[np.float64], lattice: NDArray[np.float64], spacing: float
) -> NDArray[np.float64] | None:
    """The points `[n, 3]`, in [0, 1), that the group makes of `point`, none within `spacing` of another.

    Where images of the point come nearer, it is moved to their centre, and so ends on a mirror, an axis or a centre of
    symmetry: in a special position. None if it comes to no rest.
    """
    for _ in range(_MAX_MERGES):
        gaps = group.images(point[None])[:, 0] - point
        gaps -= np.rint(gaps)
        distances = np.linalg.norm(gaps @ lattice, axis=1)
        near = gaps[distances < spacing]
        if np.abs(near).max() < 0.5 / GRID:
            points = group.images(point[None])[:, 0]
            points = np.maximum(points - np.floor(points + 0.5 / GRID), 0.0)
            _, first = np.unique(places(points), return_index=True)
            return points[np.sort(first)]
        point = point + near.mean(0)
    return None


def places(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """One number `[...]` for each point `[..., 3]`, the same for points in equal places of the cell."""
    steps = np.rint(points * GRID).astype(np.int64) % GRID
    numbers: NDArray[np.int64] = (steps[..., 0] * GRID + steps[..., 1]) * GRID + steps[..., 2]
    return numbers
