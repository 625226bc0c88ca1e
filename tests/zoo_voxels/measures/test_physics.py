"""Minkowski functionals of boxes, and of any cell by scikit-image; correlations by looking at every pair."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo_voxels.measures.physics import DISTANCES, correlation, features, minkowski


@given(st.tuples(*[st.integers(1, 5)] * 3), st.tuples(*[st.integers(0, 6)] * 3))
def test_a_box_has_the_functionals_of_a_box_wherever_it_lies(sides: tuple, shift: tuple) -> None:
    a, b, c = sides
    cell = np.zeros((7, 7, 7), bool)
    cell[:a, :b, :c] = True
    found = minkowski(np.roll(cell, shift, (0, 1, 2))[None])[0]
    assert found.tolist() == [a * b * c, 2 * (a * b + b * c + c * a), (a + b + c) / 2, 1]


@settings(max_examples=50)
@given(arrays(bool, (5, 5, 5)))
def test_euler_numbers_are_those_of_scikit_image(inner: np.ndarray) -> None:
    measure = pytest.importorskip("skimage.measure")
    cell = np.pad(inner, 1)
    assert minkowski(cell[None])[0, 3] == measure.euler_number(cell, connectivity=3)


def test_euler_numbers_of_the_torus() -> None:
    cells = np.zeros((4, 6, 6, 6), bool)
    cells[0] = True
    cells[1, 2, 2] = True  # a rod
    cells[2, 2] = True  # a sheet
    cells[3, 2, 2] = cells[3, 2, :, 2] = cells[3, :, 2, 2] = True  # three rods that meet: 1 - 3
    assert minkowski(cells)[:, 3].tolist() == [0, 0, 0, -2]


@settings(max_examples=20)
@given(arrays(bool, (4, 4, 4)))
def test_correlations_are_chances_over_all_pairs(cell: np.ndarray) -> None:
    pairs: dict[int, list[bool]] = {}
    voxels = list(itertools.product(range(4), repeat=3))
    for one, other in itertools.product(voxels, repeat=2):
        steps = [min((i - j) % 4, (j - i) % 4) / 4 for i, j in zip(one, other, strict=True)]
        shell = round(2 * (DISTANCES - 1) * float(np.linalg.norm(steps)))
        pairs.setdefault(shell, []).append(bool(cell[one] and cell[other]))
    expected = [np.mean(pairs.get(shell, [False])) for shell in range(DISTANCES)]
    np.testing.assert_allclose(correlation(cell[None])[0], expected, atol=1e-12)


def test_features_know_no_shift_and_no_turn() -> None:
    cell = np.random.default_rng(0).random((8, 8, 8)) < 0.4
    same = np.roll(cell.transpose(2, 0, 1)[::-1], (1, 2, 3), (0, 1, 2))
    one, other = features(np.stack([cell, same]))
    np.testing.assert_allclose(one, other, atol=1e-12)
    assert one[0] == cell.mean() == pytest.approx(one[4])
