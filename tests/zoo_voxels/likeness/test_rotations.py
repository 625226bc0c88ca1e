"""The six rotations are proper rotations, one for each permutation of the axes."""

import numpy as np
import pytest
import torch

from zoo_voxels.likeness.rotations import ROTATIONS, rotate

ALL = range(len(ROTATIONS))


def matrix(rotation: int) -> np.ndarray:
    """The linear map of a rotation, read off from where it takes single voxels of a 3^3 cell about its centre."""
    columns = []
    for axis in np.eye(3, dtype=int):
        cell = np.zeros((1, 3, 3, 3), bool)
        cell[(0, *(axis + 1))] = True
        columns.append(np.argwhere(rotate(cell, rotation)[0])[0] - 1)
    return np.array(columns).T


def test_they_are_proper_and_permute_the_axes_in_all_six_ways() -> None:
    matrices = [matrix(rotation) for rotation in ALL]
    assert all(round(np.linalg.det(m)) == 1 for m in matrices)
    assert len({tuple(np.abs(m).argmax(0)) for m in matrices}) == 6


def test_the_first_is_the_identity() -> None:
    assert (matrix(0) == np.eye(3)).all()


@pytest.mark.parametrize(("turn", "start", "end"), [("x", 1, 2), ("y", 2, 0), ("z", 0, 1)])
def test_turns_are_right_handed(turn: str, start: int, end: int) -> None:
    assert (matrix(ROTATIONS.index(turn))[:, start] == np.eye(3)[end]).all()


def test_two_turns_are_taken_first_to_last() -> None:
    x, y = (matrix(ROTATIONS.index(turn)) for turn in "xy")
    assert (matrix(ROTATIONS.index("xy")) == y @ x).all()
    assert (matrix(ROTATIONS.index("yx")) == x @ y).all()


@pytest.mark.parametrize("rotation", ALL)
def test_tensors_turn_as_arrays_do(rotation: int) -> None:
    cells = np.random.default_rng(0).random((2, 4, 4, 4))
    np.testing.assert_array_equal(rotate(torch.from_numpy(cells), rotation).numpy(), rotate(cells, rotation))
