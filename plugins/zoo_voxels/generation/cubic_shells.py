"""Cubic-symmetric shell cells: the generator behind our own edition of MetaShell.

Yang et al. (2024, section 3.1) store an eighth of each cell and mirror it; their cells have the symmetry of the cube,
as do the fields that they begin with. So have these: an octant of a random field of cosines up to HARMONICS waves a
cell, averaged over the six permutations of the axes, and the wall |f - offset| < thickness around one of its level
sets, mirrored. Theirs go on to be optimised; ours stop here.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from zoo import ZooError
from zoo_voxels.generation.fields import Field, basis, evaluate, mirrored, normalise, permuted, random_field
from zoo_voxels.generation.shells import MIN_RESOLUTION, OFFSET, separates
from zoo_voxels.measures.connectivity import analyse

HARMONICS = 5

VOLUME_FRACTION = (0.2, 0.9)
"""The range that Yang et al. ask for, evenly filled: a volume is drawn, and the thickness of the wall follows from it,
to within the 48 voxels that are one under the symmetries."""


def candidates(item: int, resolution: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """The endless stream of cells `[d, d, d]` for one place in a dataset; it depends on (seed, item) only.

    Each is one periodic piece that percolates along all axes, its wall without a hole, and unchanged by the 48
    symmetries of the cube. Raises ZooError if the grid is coarser than 8^3, where hardly a wall is thin.
    """
    if resolution < MIN_RESOLUTION:
        raise ZooError(f"shell cells need a resolution of at least {MIN_RESOLUTION}, not {resolution}")
    rng = np.random.default_rng([seed, item])
    while True:
        yield _cell(rng, resolution)


def _cell(rng: np.random.Generator, resolution: int) -> NDArray[np.bool_]:
    """A cell of a volume fraction that is drawn first: fields are drawn until one has a sound wall of it."""
    functions, voxels = _octant_functions(resolution), _voxels_of(resolution)
    volume = rng.uniform(*VOLUME_FRACTION)
    while True:
        octant = evaluate(_cubic(random_field(rng, HARMONICS)), functions)
        height = octant[voxels] - rng.uniform(*OFFSET)
        thickness = float(np.quantile(np.abs(height), volume))
        cell = np.abs(height) < thickness
        if separates(height, thickness):
            pieces = analyse(cell)
            if pieces.pieces == 1 and pieces.rank == 3:
                return cell


def _cubic(field: Field) -> Field:
    return normalise(permuted(mirrored(field)))


@lru_cache
def _octant_functions(resolution: int) -> NDArray[np.float64]:
    return basis(resolution, HARMONICS)[:, : (resolution + 1) // 2]


@lru_cache
def _voxels_of(resolution: int) -> tuple[NDArray[np.int64], ...]:
    """For each voxel of the cell the one of the octant, x <= y <= z, that decides for it and all its images: values of
    the field at two of them would differ by roundings."""
    along = np.minimum(np.arange(resolution), np.arange(resolution)[::-1])
    return tuple(np.sort(np.stack(np.meshgrid(along, along, along, indexing="ij")), 0))
