"""Shell cells of several symmetries: the generator behind `metashell-mixed`.

A cell is the set |f - offset| < thickness of a random trigonometric field f: a wall around the surface f = offset. A
cell is kept when its wall has no holes and the cell is one periodic piece that percolates along all three axes.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from zoo import ZooError
from zoo_voxels.generation.fields import (
    MINIMAL_SURFACES,
    Field,
    basis,
    cyclic,
    evaluate,
    mirrored,
    normalise,
    permuted,
    random_field,
)
from zoo_voxels.likeness.rotations import ROTATIONS, rotate
from zoo_voxels.measures.connectivity import analyse

FAMILIES = ("cubic", "orthotropic", "cyclic", "triclinic", *MINIMAL_SURFACES)
"""Random fields by their symmetry (mirrors and axis permutations; mirrors; third of a turn; none), then named ones."""

SHARES = (0.4, 0.15, 0.15, 0.15, *[0.15 / len(MINIMAL_SURFACES)] * len(MINIMAL_SURFACES))
"""How often each family is tried. Thin walls fail on coarse grids, so families of short waves are kept less often."""

OFFSET = (-1.0, 1.0)
THICKNESS = (0.05, 0.8)
"""Ranges of the uniform draws, in standard deviations of the field."""

VOLUME_FRACTION = (0.1, 0.6)
"""Volume fractions that are kept."""

MIN_RESOLUTION = 8


@dataclass(frozen=True, slots=True)
class Shell:
    """A kept cell, bool `[d, d, d]`, true where solid, and the index of its family in `FAMILIES`."""

    cell: NDArray[np.bool_]
    family: int


def candidates(item: int, resolution: int, seed: int) -> Iterator[Shell]:
    """The endless stream of cells of `resolution`^3 voxels for one place in a dataset; it depends on (seed, item) only.

    Raises ZooError if the grid is coarser than 8^3, where hardly a wall is thin.
    """
    if resolution < MIN_RESOLUTION:
        raise ZooError(f"shell cells need a resolution of at least {MIN_RESOLUTION}, not {resolution}")
    functions = basis(resolution)
    rng = np.random.default_rng([seed, item])
    while True:
        family = int(rng.choice(len(FAMILIES), p=SHARES))
        height = evaluate(normalise(_draw(FAMILIES[family], rng)), functions) - rng.uniform(*OFFSET)
        thickness = rng.uniform(*THICKNESS)
        cell = np.abs(height) < thickness
        if VOLUME_FRACTION[0] <= cell.mean() <= VOLUME_FRACTION[1] and separates(height, thickness):
            pieces = analyse(cell)
            if pieces.pieces == 1 and pieces.rank == 3:
                yield Shell(cell, family)


class Unequal:
    """Sees to it that no two items of a dataset are equal in any of the six rotations of the benchmark.

    Only very coarse grids have equal cells. An item is replaced on account of earlier ones only, so the first n are the
    same whatever the count.
    """

    def __init__(self, candidates: Callable[[int], Iterator[NDArray[np.bool_]]]) -> None:
        """`candidates` gives the endless stream of cells for an item."""
        self._candidates = candidates
        self._item = 0
        self._seen: set[bytes] = set()

    def admit(self, cell: np.ndarray) -> np.ndarray:
        """The cell of the next item `[d, d, d]`: `cell`, its first candidate, or else the first that is new."""
        others = islice(self._candidates(self._item), 1, None)
        self._item += 1
        for candidate in chain([cell], others):
            digests = _digests(candidate)
            if self._seen.isdisjoint(digests):
                break
        self._seen |= digests
        return candidate


def separates(height: NDArray[np.float64], thickness: float) -> bool:
    """Whether the periodic wall |height| < thickness has no hole: no two voxels that share as much as a corner lie on
    different sides of it. Walls thinner than a voxel come out as sieves and fail."""
    near_below = height <= -thickness
    for axis in range(3):
        near_below = near_below | np.roll(near_below, 1, axis) | np.roll(near_below, -1, axis)
    return not (near_below & (height >= thickness)).any()


def _draw(family: str, rng: np.random.Generator) -> Field:
    if family in MINIMAL_SURFACES:
        return MINIMAL_SURFACES[family]
    field = random_field(rng)
    if family == "cubic":
        return permuted(mirrored(field))
    if family == "orthotropic":
        return mirrored(field)
    if family == "cyclic":
        return cyclic(field)
    return field


def _digests(cell: np.ndarray) -> set[bytes]:
    """Fingerprints of the six rotations of a cell."""
    turned = (np.packbits(rotate(cell[None], rotation)).tobytes() for rotation in range(len(ROTATIONS)))
    return {hashlib.blake2b(bits, digest_size=16).digest() for bits in turned}
