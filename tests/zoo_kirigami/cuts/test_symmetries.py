"""Symmetric copies against the base pattern and the count of crossings; distances against a loop."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from zoo_kirigami.cuts.geometry import base_angles, crossings, wrap_angles
from zoo_kirigami.cuts.symmetries import copies, distances, to_nearest_other, to_nearest_other_without_each, vectors


def cells(count, seed=0, n=4):
    return base_angles(n) + np.random.default_rng(seed).uniform(-60, 60, (count, n, n))


def angles_of(copy):
    return np.rad2deg(np.angle(copy.astype(np.complex128))) / 2


@pytest.mark.parametrize(("any_direction", "count"), [(False, 144), (True, 288)])
def test_copies_are_all_different_and_cross_as_often(any_direction, count):
    pattern = cells(1, n=6)
    found = list(copies(vectors(pattern), any_direction=any_direction))
    assert len({np.round(copy, 3).tobytes() for copy in found}) == len(found) == count
    assert {int(crossings(angles_of(copy))[0]) for copy in found} == {int(crossings(pattern)[0])}


def test_copies_keep_the_range():
    for copy in copies(vectors(cells(1)), any_direction=False):
        assert np.abs(wrap_angles(angles_of(copy), 90) - base_angles(4)).max() < 60.001


@settings(max_examples=10)
@given(st.integers(0, 31), st.integers(0, 1000))
def test_a_symmetric_copy_is_no_new_pattern(index, seed):
    known = cells(5, seed)
    copy = list(copies(vectors(known[3:4]), any_direction=True))[index]
    assert distances(copy, vectors(known), any_direction=True).min(1) == pytest.approx(0, abs=2e-3)


def test_distance_is_the_root_mean_square_sine():
    one, others = cells(3, 1, n=2), cells(4, 2, n=2)
    expected = []
    for cell in one:
        square = math.inf
        for copy in copies(vectors(others), any_direction=False):
            for other in angles_of(copy):
                square = min(square, float(np.mean(np.sin(np.deg2rad(cell - other)) ** 2)))
        expected.append(math.sqrt(square))
    found = distances(vectors(one), vectors(others), any_direction=False).min(1)
    assert found == pytest.approx(expected, abs=1e-3)


def test_a_cell_is_not_compared_with_itself():
    known = vectors(cells(6, n=6))
    assert (to_nearest_other(distances(known, known, any_direction=False)) > 0.2).all()
    again = np.concatenate([known, known[:1]])
    assert to_nearest_other(distances(again, again, any_direction=False))[0] == pytest.approx(0, abs=1e-3)


@settings(max_examples=30)
@given(st.integers(3, 9), st.integers(0, 1000))
def test_nearest_others_without_each(count, seed):
    places = np.random.default_rng(seed).integers(0, 5, (count, 2))  # some alike, some as far as others
    between = np.linalg.norm(places[:, None] - places, axis=-1)
    expected = [to_nearest_other(np.delete(np.delete(between, i, 0), i, 1)).mean() for i in range(count)]
    assert to_nearest_other_without_each(between) == pytest.approx(expected)
