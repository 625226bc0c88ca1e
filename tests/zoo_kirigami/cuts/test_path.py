"""Paths between cells on which no cuts cross."""

import numpy as np
import pytest

from zoo import ZooError
from zoo_kirigami.cuts.geometry import base_angles, crossings
from zoo_kirigami.cuts.path import detour, frames, length, straight
from zoo_kirigami.cuts.replacement import replaced_cells


def small(angles):
    """A cell of four by four cuts of the base pattern, two of which, one above the other, have other angles."""
    cell = base_angles(4)
    cell[0, 0], cell[1, 0] = angles
    return cell


A, B, C = ([5, 4], [-5, -3], [65, -45])
"""The paper's configurations of two cuts, equation 2."""


def test_lengths_are_those_of_equation_2():
    cells = {name: small(angles) for name, angles in zip("ABC", (A, B, C), strict=True)}
    found = [length(np.stack([cells[a], cells[b]])) for a, b in ("AB", "AC", "BC")]
    assert found == pytest.approx([12.206, 77.466, 81.633], abs=1e-3)


def wandered(start, max_rotation, sweeps):
    """A cell that can be reached from another: cuts have been turned, a degree at a time, as long as none crossed."""
    rng = np.random.default_rng(0)
    cell, n = start.copy(), len(start)
    for _ in range(sweeps):
        for place in np.ndindex(n, n):
            step = rng.choice([-1.0, 1.0])
            for _ in range(rng.integers(40)):
                moved = cell.copy()
                moved[place] += step
                if abs(moved - base_angles(n))[place] > max_rotation or crossings(moved[None]).any():
                    break
                cell = moved
    return cell


@pytest.mark.parametrize("max_rotation", [60, 90])
def test_a_detour_never_crosses_and_ends_where_it_should(max_rotation):
    start = replaced_cells([0], 1, max_rotation, n=4, sweeps=20)[0].astype(np.float64)
    goal = wandered(start, max_rotation, sweeps=6)
    assert crossings(frames(straight(start, goal, max_rotation), 100)).max() > 0
    corners = detour(start, goal, max_rotation)
    assert np.array_equal(corners[0], start)
    turn = corners[-1] - goal
    assert turn - 180 * np.rint(turn / 180) == pytest.approx(0, abs=1e-3)
    assert crossings(frames(corners, 2000)).sum() == 0
    assert length(corners) > length(straight(start, goal, max_rotation))
    if max_rotation == 60:
        assert np.abs(corners - base_angles(4)).max() <= 60 + 1e-4


def test_cells_that_cross_have_no_path():
    crossing = np.zeros((4, 4))
    with pytest.raises(ZooError, match="two cells without crossings"):
        detour(crossing, base_angles(4), 90)


def test_frames_are_at_equal_distances():
    corners = np.stack([np.zeros((2, 2)), np.array([[3.0, 0], [0, 0]]), np.array([[3.0, 1], [0, 0]])])
    assert frames(corners, 5)[:, 0].tolist() == [[0, 0], [1, 0], [2, 0], [3, 0], [3, 1]]
