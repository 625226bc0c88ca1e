"""Cubic shell cells have the symmetry of the published ones, and the volumes that are asked for."""

import itertools

import numpy as np
import pytest
import scipy.ndimage

from zoo import ZooError
from zoo_voxels.generation.cubic_shells import VOLUME_FRACTION, candidates
from zoo_voxels.measures.scores import periodicity, symmetry


@pytest.fixture(scope="module", params=[24, 25])
def cells(request: pytest.FixtureRequest) -> np.ndarray:
    return np.stack([next(candidates(item, request.param, seed=0)) for item in range(60)])


def test_all_48_symmetries_of_the_cube_leave_each_as_it_is(cells: np.ndarray) -> None:
    for order, flips in itertools.product(
        itertools.permutations((1, 2, 3)), itertools.product((slice(None), slice(None, None, -1)), repeat=3)
    ):
        assert (cells.transpose(0, *order)[(slice(None), *flips)] == cells).all()


def test_the_paper_s_symmetry_and_periodicity_are_exactly_one(cells: np.ndarray) -> None:
    """As those of the published cells, which are mirrored octants."""
    assert (symmetry(cells) == 1).all() and (periodicity(cells) == 1).all()


def test_each_is_one_piece_that_reaches_all_faces(cells: np.ndarray) -> None:
    for cell in cells:
        d = len(cell)
        labels, _ = scipy.ndimage.label(np.tile(cell, (3, 3, 3)))
        middle = labels[d : 2 * d, d : 2 * d, d : 2 * d]
        assert len(np.unique(middle[cell])) == 1
        assert cell[0].any()


def test_walls_have_no_holes(cells: np.ndarray) -> None:
    """Both sides of a wall, where there are two, stay apart: the void is of at least as many pieces as it has sides."""
    thin = [cell for cell in cells if cell.mean() < 0.5]
    pieces = [scipy.ndimage.label(np.tile(~cell, (2, 2, 2)))[1] for cell in thin]
    assert min(pieces) >= 2


def test_volume_fractions_fill_the_range_evenly() -> None:
    """Kolmogorov and Smirnov: 400 even draws stay within 0.068 of the even law in 95 of 100 cases."""
    fractions = np.sort([next(candidates(item, 16, seed=1)).mean() for item in range(400)])
    low, high = VOLUME_FRACTION
    even = (fractions - low) / (high - low)
    assert np.abs(even - np.arange(1, 401) / 400).max() < 0.068


def test_an_item_depends_on_seed_and_index_only(cells: np.ndarray) -> None:
    d = cells.shape[1]
    again = next(candidates(7, d, seed=0))
    assert (again == cells[7]).all()
    assert not any((next(candidates(item, d, seed=1)) == cell).all() for item in range(5) for cell in cells)


def test_grids_too_coarse_for_shells_are_refused() -> None:
    with pytest.raises(ZooError, match="at least 8, not 4"):
        next(candidates(0, 4, seed=0))
