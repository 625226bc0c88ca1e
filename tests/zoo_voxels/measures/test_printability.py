"""What a printer would make of a cell, where one can tell by looking."""

import numpy as np
import pytest

from zoo_voxels.measures.printability import thin_share, trapped_void


def plates(*widths: int) -> np.ndarray:
    cell = np.zeros((24, 24, 24), bool)
    for place, width in zip((2, 14), widths, strict=False):
        cell[place : place + width] = True
    return cell


def test_a_wall_thinner_than_the_limit_is_told_by_its_share() -> None:
    assert thin_share(plates(2, 6), 0.5, 2.0) == pytest.approx(0.25)
    assert thin_share(plates(4, 6), 0.5, 2.0) == 0
    assert thin_share(plates(2), 0.5, 2.0) == 1
    assert thin_share(plates(2, 6), 0.5, 1.0) == 0


def test_edges_of_thick_parts_are_not_thin() -> None:
    box = np.zeros((24, 24, 24), bool)
    box[4:20, 4:20, 4:20] = True
    assert thin_share(box, 1, 6) == 0


def test_a_strut_between_thick_parts_is_thin() -> None:
    cell = plates(8)
    cell[:, 11:13, 11:13] = True
    assert 0 < thin_share(cell, 1, 5) < np.count_nonzero(cell & ~plates(8)) / np.count_nonzero(cell)


def test_trapped_void_is_what_lies_within() -> None:
    box = np.ones((8, 8, 8), bool)
    box[2:5, 2:5, 2:5] = False
    assert trapped_void(box) == 27
    assert trapped_void(box, 2) == 8 * 27
    box[3, 3, 5:] = False
    assert trapped_void(box) == 0


def test_a_void_at_the_face_is_closed_by_the_next_cell_only() -> None:
    cell = np.ones((6, 6, 6), bool)
    cell[0, 2:4, 2:4] = cell[-1, 2:4, 2:4] = False
    assert trapped_void(cell) == 0
    assert trapped_void(cell, 2) == 4 * 8
