"""Copies are put back in place, however they were shifted, turned and reflected."""

import numpy as np

from zoo_voxels.generation.shells import candidates
from zoo_voxels.likeness.alignment import WAVES, descriptor, modes
from zoo_voxels.likeness.likest import descriptors
from zoo_voxels.likeness.placement import _decay, blurred, in_place, like_powers
from zoo_voxels.likeness.symmetries import SYMMETRIES, moved

D = 16


def shells(count: int) -> np.ndarray:
    return np.stack([next(candidates(item, D, 0)).cell for item in range(count)])


def test_planted_copies_are_put_in_place_first() -> None:
    rng = np.random.default_rng(0)
    cells = shells(20)
    turned = [moved(cell, SYMMETRIES[rng.integers(48)]) for cell in cells]
    others = np.stack([np.roll(cell, rng.integers(0, D, 3), (0, 1, 2)) for cell in turned])
    for cell in cells:
        found = in_place(cell, others, 3)
        assert found.shape == (3, D, D, D)
        np.testing.assert_array_equal(found[0], cell)


def test_all_are_taken_where_there_are_fewer() -> None:
    cells = shells(2)
    assert len(in_place(cells[0], cells, 3)) == 2
    assert like_powers(np.zeros(2, np.float32), np.zeros((1, 2), np.float32), 16).tolist() == [0]


def test_descriptors_are_blurred_as_cells_are() -> None:
    cells = shells(3)
    squares = np.arange(-WAVES, WAVES + 1) ** 2
    waves = modes(cells) * _decay(squares[:, None, None] + squares[:, None] + squares)
    np.testing.assert_allclose(blurred(descriptors(cells)), descriptor(waves), rtol=1e-4, atol=1e-3)


def test_the_nearest_powers_come_first() -> None:
    rng = np.random.default_rng(0)
    described, wanted = rng.random((30, 5)).astype(np.float32), rng.random(5).astype(np.float32)
    gaps = ((described - wanted) ** 2).sum(1)
    assert like_powers(wanted, described, 4).tolist() == np.argsort(gaps)[:4].tolist()
