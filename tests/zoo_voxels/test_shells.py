"""Shell cells are sound, distinct and reproducible."""

import itertools

import numpy as np
import pytest
import scipy.ndimage

from zoo import ZooError
from zoo_voxels.fields import MINIMAL_SURFACES, basis, evaluate, normalise
from zoo_voxels.rotations import ROTATIONS, rotate
from zoo_voxels.scores import periodicity, symmetry
from zoo_voxels.shells import FAMILIES, VOLUME_FRACTION, separates, shells


@pytest.fixture(scope="module")
def kept() -> list:
    return list(shells(60, 24, seed=0))


def test_each_is_one_piece_that_percolates_along_every_axis(kept: list) -> None:
    """In 3 x 3 x 3 repeats, one piece holds a whole row of copies of any voxel of the middle cell along each axis."""
    for shell in kept:
        labels, _ = scipy.ndimage.label(np.tile(shell.cell, (3, 3, 3)))
        middle = labels[24:48, 24:48, 24:48]
        voxel = np.argwhere(shell.cell)[0] + 24
        label = labels[tuple(voxel)]
        assert (middle[shell.cell] == label).all()
        for axis in range(3):
            step = 24 * np.eye(3, dtype=int)[axis]
            assert labels[tuple(voxel - step)] == labels[tuple(voxel + step)] == label


def test_volume_fractions_lie_in_the_documented_range(kept: list) -> None:
    fractions = [shell.cell.mean() for shell in kept]
    assert VOLUME_FRACTION[0] <= min(fractions)
    assert max(fractions) <= VOLUME_FRACTION[1]
    assert np.std(fractions) > 0.05


def test_no_two_are_equal_in_any_rotation(kept: list) -> None:
    turned = [{rotate(shell.cell[None], r).tobytes() for r in range(len(ROTATIONS))} for shell in kept]
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(turned, 2))


def test_a_coarse_grid_still_gives_distinct_cells() -> None:
    """On 8^3 voxels equal draws are common (about one in fifty), and all are told apart."""
    cells = np.stack([shell.cell for shell in shells(120, 8, seed=0)])
    assert len(np.unique(cells.reshape(len(cells), -1), axis=0)) == len(cells)


def test_an_item_depends_on_seed_and_index_only(kept: list) -> None:
    again = list(shells(25, 24, seed=0))
    assert all((one.cell == other.cell).all() for one, other in zip(again, kept, strict=False))
    others = list(shells(25, 24, seed=1))
    assert not any((one.cell == other.cell).all() for one, other in itertools.product(others, again))


def test_families_have_the_symmetry_they_are_named_for(kept: list) -> None:
    assert len({shell.family for shell in kept}) > 6
    for shell in kept:
        family = FAMILIES[shell.family]
        if family in ("cubic", "orthotropic", "primitive", "i-wp", "neovius", "f-rd"):
            assert symmetry(shell.cell[None])[0] == periodicity(shell.cell[None])[0] == 1
        if family in ("cubic", "cyclic", *MINIMAL_SURFACES):
            assert (shell.cell.transpose(1, 2, 0) == shell.cell).all()


def test_a_wall_separates_until_voxels_of_its_two_sides_share_a_corner() -> None:
    gyroid = evaluate(normalise(MINIMAL_SURFACES["gyroid"]), basis(24))
    assert separates(gyroid, 0.5)
    assert not separates(gyroid, 0.05)
    height = np.zeros((6, 6, 6))
    height[2, 2, 2], height[4, 2, 2] = -1, 1
    assert separates(height, 0.5)
    height[3, 3, 3] = 1
    assert not separates(height, 0.5)


def test_walls_are_periodic() -> None:
    height = np.zeros((6, 6, 6))
    height[0, 0, 0], height[5, 5, 5] = -1, 1
    assert not separates(height, 0.5)


def test_grids_too_coarse_for_shells_are_refused() -> None:
    with pytest.raises(ZooError, match="at least 8, not 4"):
        next(shells(1, 4, seed=0))
