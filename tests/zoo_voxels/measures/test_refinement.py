"""Repairs of cells, against slower or other ways to the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from scipy.ndimage import binary_closing, label

from zoo import ZooError
from zoo.recipes import resolve
from zoo.runs.run import Options, plan
from zoo_voxels.measures.connectivity import analyse
from zoo_voxels.measures.refinement import close_pinholes, largest_piece, periodic_faces
from zoo_voxels.measures.scores import periodicity

cells = arrays(np.bool_, (5, 5, 5))


@given(cells)
def test_the_largest_piece_is_one_and_is_a_piece(cell: np.ndarray) -> None:
    """By the union-find of `connectivity`, which shares nothing with it but the labels of the open cell."""
    piece = largest_piece(cell)
    assert not (piece & ~cell).any()
    if cell.any():
        assert np.count_nonzero(piece) == analyse(cell).largest_periodic
        assert analyse(piece).pieces == 1


@given(cells)
def test_closing_is_that_of_scipy_on_the_repeated_cell(cell: np.ndarray) -> None:
    many = np.tile(cell, (3, 3, 3))
    expected = binary_closing(many, np.ones((2, 2, 2)))[5:10, 5:10, 5:10]
    np.testing.assert_array_equal(close_pinholes(cell), expected)


def test_pinholes_are_closed_and_pores_stay() -> None:
    cell = np.ones((10, 10, 10), bool)
    cell[1:4, 1:4, 1:4] = False
    with_pinholes = cell.copy()
    with_pinholes[7, 7, 7] = with_pinholes[0, 6, 9] = False
    np.testing.assert_array_equal(close_pinholes(with_pinholes), cell)


@given(cells)
def test_faces_are_periodic_and_nothing_is_lost(cell: np.ndarray) -> None:
    refined = periodic_faces(cell)
    assert not (cell & ~refined).any()
    np.testing.assert_array_equal(refined[1:-1, 1:-1, 1:-1], cell[1:-1, 1:-1, 1:-1])
    for axis in range(3):
        np.testing.assert_array_equal(np.take(refined, 0, axis), np.take(refined, -1, axis))
    if all(np.take(refined, 0, axis).any() for axis in range(3)):
        assert periodicity(refined[None])[0] == pytest.approx(1)


def test_a_solid_open_piece_is_kept_whole() -> None:
    cell = np.zeros((8, 8, 8), bool)
    cell[1:5, 1:5, 1:5] = cell[6, 6, 6] = True
    assert label(largest_piece(cell))[1] == 1 and np.count_nonzero(largest_piece(cell)) == 64


def test_a_recipe_asks_for_them_by_name() -> None:
    words = ["generate.refine=[largest-piece, close-pinhole]"]
    recipe = resolve("voxploer", "metashell", size="tiny", overrides=words)
    with pytest.raises(ZooError, match="no refinement 'close-pinhole' of Voxels.*'close-pinholes'"):
        plan(recipe, Options())
