"""Patchworks against the same by brute force, and what they fit."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from zoo.data.opening import Data, open_data
from zoo_voxels.likeness import patchwork as module
from zoo_voxels.likeness.neighbours import nearest, pack
from zoo_voxels.likeness.patchwork import _nearest_octants, gap, gaps, octants, patchwork

D = 16
cells_of_any_kind = st.tuples(st.integers(1, 9), st.integers(0, 99), st.sampled_from([0.0, 0.1, 0.5, 1.0]))


def some(d: int, seed: int, density: float, count: int) -> np.ndarray:
    """Random cells, among them an empty and a full one."""
    cells = np.random.default_rng(seed).random((count, d, d, d)) < density
    cells[0], cells[1] = False, True
    return cells


@settings(max_examples=30, deadline=None)
@given(cells_of_any_kind)
def test_nearest_octants_are_those_of_brute_force(kind: tuple[int, int, float]) -> None:
    d = kind[0]
    cells, every = some(*kind, 5), some(d, kind[1] + 1, 0.4, 11)
    rows = module._ROWS_AT_ONCE
    module._ROWS_AT_ONCE = 4
    try:
        found = _nearest_octants(cells, pack(every))
    finally:
        module._ROWS_AT_ONCE = rows
    for place, cell in enumerate(cells):
        for corner, part in enumerate(octants(d)):
            shared = [(cell[part] & other[part]).sum() for other in every]
            either = [(cell[part] | other[part]).sum() for other in every]
            overlap = [s / e if e else 1.0 for s, e in zip(shared, either, strict=True)]
            assert found[place, corner] == int(np.argmax(overlap))


@settings(max_examples=30, deadline=None)
@given(cells_of_any_kind)
def test_a_patchwork_differs_least_octant_by_octant(kind: tuple[int, int, float]) -> None:
    d = kind[0]
    cell = some(*kind, 3)[2]
    standing, fitted = some(d, kind[1] + 1, 0.5, 8), some(d, kind[1] + 2, 0.5, 3)
    found = patchwork(cell, standing, fitted)
    for corner, part in enumerate(octants(d)):
        others = [standing[corner][part], *(other[part] for other in fitted)]
        least = min(np.count_nonzero(other != cell[part]) for other in others)
        if d % 2 == 0:
            assert np.count_nonzero(found[part] != cell[part]) == least
    np.testing.assert_array_equal(patchwork(cell, np.stack([cell] * 8), fitted), cell)


@pytest.mark.parametrize("d", [1, 2, 5, 8])
def test_octants_are_eight_equal_cubes_that_fill_the_cell(d: int) -> None:
    filled = np.zeros((d, d, d))
    for part in octants(d):
        assert filled[part].shape == (-(-d // 2),) * 3
        filled[part] += 1
    assert len(octants(d)) == 8 and filled.min() >= 1
    assert d % 2 or filled.max() == 1


def test_the_gap_of_a_wall_moved_is_how_far_it_moved() -> None:
    wall = np.zeros((D, D, D), bool)
    wall[4:8] = True
    assert gap(wall, wall) == 0
    assert gap(wall, np.roll(wall, 1, 0)) == 1
    thicker = wall | np.roll(wall, 2, 0)
    assert gap(wall, thicker) == 1
    assert gap(np.zeros_like(wall), np.zeros_like(wall)) == 0
    assert gap(np.ones_like(wall), wall) == 12 * D * D


@pytest.fixture(scope="module")
def data() -> Data:
    return open_data({"use": "metashell-mixed", "resolution": D, "count": 60}, quiet=True)


def far(cells: np.ndarray, data: Data) -> np.ndarray:
    return gaps(cells, data, nearest(pack(cells), data.train.packed())[0])


def test_training_cells_and_what_octants_of_them_make_have_no_gap(data: Data) -> None:
    one, other = data.train.array(data.train.originals[[1, 15]]).astype(bool)
    mixed = one.copy()
    mixed[: D // 2] = other[: D // 2]
    corner = one.copy()
    corner[D // 2 :, D // 2 :, D // 2 :] = other[D // 2 :, D // 2 :, D // 2 :]
    moved = np.roll(one[:, ::-1].transpose(2, 0, 1), (3, 5, 1), (0, 1, 2))
    assert far(np.stack([one, mixed, corner, moved]), data).tolist() == [0, 0, 0, 0]


def test_gaps_of_cells_do_not_depend_on_their_company(data: Data) -> None:
    held_out = data.held_out.array()[:5].astype(bool)
    together = far(held_out, data)
    assert min(together) > 0
    assert together.tolist() == [far(cell[None], data)[0] for cell in held_out]
    empty, full = np.zeros((1, D, D, D), bool), np.ones((1, D, D, D), bool)
    assert min(far(empty, data)[0], far(full, data)[0]) > 100
