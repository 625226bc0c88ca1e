"""Shell cells are sound, distinct and reproducible."""

import itertools

import numpy as np
import pytest
import scipy.ndimage

from zoo import ZooError
from zoo_voxels.generation.fields import MINIMAL_SURFACES, basis, evaluate, normalise
from zoo_voxels.generation.shells import FAMILIES, VOLUME_FRACTION, Unequal, candidates, separates
from zoo_voxels.likeness.rotations import ROTATIONS, rotate
from zoo_voxels.measures.scores import periodicity, symmetry


@pytest.fixture(scope="module")
def kept() -> list:
    return [next(candidates(item, 24, seed=0)) for item in range(60)]


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


def turns(cell: np.ndarray) -> set[bytes]:
    return {rotate(cell[None], r).tobytes() for r in range(len(ROTATIONS))}


def test_on_a_coarse_grid_all_cells_are_told_apart_in_every_rotation() -> None:
    """On 8^3 voxels every fifth draw or so equals an earlier one."""
    first = [next(candidates(item, 8, seed=0)).cell for item in range(120)]
    unequal = Unequal(lambda item: (shell.cell for shell in candidates(item, 8, seed=0)))
    kept = [unequal.admit(cell) for cell in first]
    assert 10 < sum((one != other).any() for one, other in zip(first, kept, strict=True)) < 40
    turned = [turns(cell) for cell in kept]
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(turned, 2))


def test_a_cell_that_is_there_already_makes_way_for_the_next_candidate_of_its_place() -> None:
    first, second = itertools.islice(candidates(1, 16, seed=0), 2)
    unequal = Unequal(lambda item: (shell.cell for shell in candidates(item, 16, seed=0)))
    assert (unequal.admit(rotate(first.cell[None], 3)[0]) == rotate(first.cell[None], 3)[0]).all()
    assert (unequal.admit(first.cell) == second.cell).all()


def test_an_item_depends_on_seed_and_index_only(kept: list) -> None:
    again = [next(candidates(item, 24, seed=0)) for item in (7, 3)]
    assert (again[0].cell == kept[7].cell).all() and (again[1].cell == kept[3].cell).all()
    others = [next(candidates(item, 24, seed=1)) for item in range(10)]
    assert not any((one.cell == other.cell).all() for one, other in itertools.product(others, kept))


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
        next(candidates(0, 4, seed=0))
