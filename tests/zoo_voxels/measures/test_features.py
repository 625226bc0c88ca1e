"""Openings against scipy, and against walls and rods of known thickness."""

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo_voxels.measures.features import ball, kept, opened


@settings(deadline=None, max_examples=60)
@given(arrays(bool, (6, 6, 6), elements=st.sampled_from([True, True, True, False])), st.integers(1, 4))
def test_openings_are_those_of_scipy_on_repeated_cells(cell: np.ndarray, diameter: int) -> None:
    element = np.zeros((diameter,) * 3, bool)
    element[tuple(ball(diameter).T)] = True
    repeated = scipy.ndimage.binary_opening(np.tile(cell, (3, 3, 3)), element)
    np.testing.assert_array_equal(opened(cell, diameter), repeated[6:12, 6:12, 6:12])


@pytest.mark.parametrize("thickness", [1, 2, 3, 4])
def test_a_wall_is_as_thick_as_it_is_even_across_a_face(thickness: int) -> None:
    cell = np.zeros((10, 10, 10), bool)
    cell[:thickness] = True
    for shift in (0, -1, 4):
        wall = np.roll(cell, shift, axis=0)
        assert [kept(wall, diameter) for diameter in range(1, 6)] == [1.0] * thickness + [0.0] * (5 - thickness)


def test_a_thin_bridge_between_thick_parts_is_lost_alone() -> None:
    cell = np.zeros((12, 12, 12), bool)
    cell[:, :4] = True
    cell[5, 4:, 5] = True
    assert kept(cell, 2) == pytest.approx(4 * 144 / (4 * 144 + 8))


def test_balls_are_symmetric_and_of_known_size() -> None:
    assert [len(ball(diameter)) for diameter in (1, 2, 3, 4, 5)] == [1, 8, 19, 32, 81]
    with pytest.raises(ValueError, match="0 voxels"):
        ball(0)


def test_empty_cells_keep_nothing_and_full_cells_everything() -> None:
    assert kept(np.zeros((4, 4, 4), bool), 2) == 0
    assert kept(np.ones((4, 4, 4), bool), 3) == 1
