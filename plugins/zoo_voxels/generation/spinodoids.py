"""Spinodoids: porous cells like those that spinodal decomposition leaves, with as much order as one asks for.

After S. Kumar, S. Tan, L. Zheng and D. M. Kochmann, Inverse-designed spinodoid metamaterials, npj Computational
Materials 6, 73, 2020: a Gaussian random field of many plane waves of one length, whose directions are even over the
part of the sphere within cones about the axes, cut at the level that gives the solid fraction. Theirs go on without a
period. Ours are periodic, as everything here takes cells to be: each wave vector is rounded to whole waves along every
edge, which moves its direction and its length by up to half a wave an edge.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cc3d
import numpy as np
from numpy.typing import NDArray

from zoo_voxels.measures.connectivity import analyse

WAVES = 1000
VOLUME_FRACTION = (0.3, 0.9)
ANGLES = (15.0, 90.0)
"""Half-angles of cones, in degrees: below 15 the layers come apart, says the paper."""

_ISLANDS = 0.01
"""The share of solid that may lie in islands, which are taken away; with more, a cell is drawn anew."""
_AT_ONCE = 20_000


class Spinodoid(NamedTuple):
    """A cell, bool `[d, d, d]`, true where solid, and the half-angles `[3]` of its cones, 0 for none."""

    cell: NDArray[np.bool_]
    angles: NDArray[np.float64]


def spinodoid(
    volume_fraction: float, angles: Sequence[float], resolution: int, waves: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """A periodic cell of `resolution`^3 voxels with about `waves` waves an edge: cones of half-angles `angles` in
    degrees about x, y and z, at least one of them positive. The solid fraction is met to a voxel."""
    vectors = np.rint(waves * _directions(angles, rng)).astype(int)
    spectrum = np.zeros((resolution,) * 3, dtype=complex)
    np.add.at(spectrum, tuple(vectors.T % resolution), np.exp(2j * np.pi * rng.random(WAVES)))
    field = np.fft.fftn(spectrum).real
    solid = max(1, round(volume_fraction * field.size))
    cell = np.zeros(field.size, dtype=np.bool_)
    cell[np.argpartition(field, solid - 1, axis=None)[:solid]] = True
    return cell.reshape(field.shape)


def candidates(item: int, resolution: int, waves: float, seed: int) -> Iterator[Spinodoid]:
    """The endless stream of cells for one place in a dataset; it depends on (seed, item) only. One, two or three cones,
    all as often; volume fractions and half-angles even in `VOLUME_FRACTION` and `ANGLES`. A cell is kept if it is one
    piece that percolates along all three axes, small islands apart, which are
    taken away."""
    rng = np.random.default_rng([seed, item])
    while True:
        cones = rng.permutation(3) < rng.integers(1, 4)
        angles = np.where(cones, rng.uniform(*ANGLES, 3), 0.0)
        cell = spinodoid(rng.uniform(*VOLUME_FRACTION), angles.tolist(), resolution, waves, rng)
        whole = _largest(cell)
        if whole.sum() >= (1 - _ISLANDS) * cell.sum() and analyse(whole).rank == 3:
            yield Spinodoid(whole, angles)


def _directions(angles: Sequence[float], rng: np.random.Generator) -> NDArray[np.float64]:
    """Unit vectors `[WAVES, 3]`, even over the union of the cones, each with its opposite."""
    least = np.where(np.asarray(angles) > 0, np.cos(np.radians(angles)), 2.0)
    kept: list[NDArray[np.float64]] = []
    while sum(map(len, kept)) < WAVES:
        drawn = rng.standard_normal((_AT_ONCE, 3))
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        kept.append(drawn[(np.abs(drawn) >= least).any(1)])
    return np.concatenate(kept)[:WAVES]


def _largest(cell: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest periodic piece of a cell, by faces."""
    labels = cc3d.connected_components(cell, connectivity=6, periodic_boundary=True)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    largest: NDArray[np.bool_] = labels == sizes.argmax()
    return largest
