"""One cell is deformed to be like another, smoothly and no more."""

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings, strategies as st

from zoo.data.opening import open_data
from zoo_voxels.generation.shells import candidates
from zoo_voxels.likeness.patchwork import gap
from zoo_voxels.likeness.registration import _displacements, _long_waves, _vectors, deformed, sampled


def displaced(cell: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A cell deformed along random waves, by `share` of its edge in the root mean square."""
    d, rng, vectors = len(cell), np.random.default_rng(seed), _vectors(1)
    found = rng.normal(size=(1, 3, len(vectors))) + 1j * rng.normal(size=(1, 3, len(vectors)))
    moves = _displacements(found.astype(np.complex64), vectors, d)
    moves *= share * d / np.sqrt((moves**2).sum(1).mean())
    return sampled(cell[None].astype(np.float32), moves)[0] >= 0.5


@pytest.mark.parametrize("d", [24, 48])
def test_a_deformed_copy_is_undone_and_another_cell_is_not(d: int) -> None:
    cells = [next(candidates(item, d, 0)).cell for item in range(8)]
    for item, cell in enumerate(cells):
        copy = displaced(cell, 1 / 20, item)
        same, other = deformed(copy, np.stack([cell, cells[item - 1]]))
        assert gap(copy, same) < 0.3 * gap(copy, cell)
        assert gap(copy, other) > 5 * gap(copy, same)


def test_equal_cells_stay_as_they_are() -> None:
    cells = open_data({"use": "metashell", "resolution": 16, "count": 20}, quiet=True).held_out.array().astype(bool)
    for cell in cells:
        np.testing.assert_array_equal(deformed(cell, cell[None])[0], cell)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.sampled_from([0.0, 0.3, 1.0]), st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 99))
def test_cells_of_any_size_and_density_are_deformed(d: int, one: float, other: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell, others = rng.random((d, d, d)) < one, rng.random((2, d, d, d)) < other
    found = deformed(cell, others)
    assert found.shape == others.shape and found.dtype == bool
    if other in (0.0, 1.0):
        np.testing.assert_array_equal(found, others)


def test_sampling_is_periodic_and_linear_between_voxels() -> None:
    rng = np.random.default_rng(0)
    field, moves = rng.random((2, 7, 7, 7)), rng.normal(size=(2, 3, 7, 7, 7)) * 5
    places = np.indices((7, 7, 7)) + moves
    expected = [
        scipy.ndimage.map_coordinates(f, p, order=1, mode="grid-wrap") for f, p in zip(field, places, strict=True)
    ]
    found = sampled(field.astype(np.float32), moves.astype(np.float32))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_long_waves_are_those_of_the_fourier_transform_and_displacements_their_sum() -> None:
    rng = np.random.default_rng(0)
    fields = rng.normal(size=(2, 3, 12, 12, 12)).astype(np.float32)
    places = np.arange(-4, 5)
    expected = np.fft.fftn(fields, axes=(2, 3, 4))[:, :, places[:, None, None], places[:, None], places] / 12**3
    np.testing.assert_allclose(_long_waves(fields, 4), expected, atol=1e-6)
    vectors = _vectors(2)
    chosen = _long_waves(fields, 2)[:, :, *(vectors.T + 2)]
    angles = 2 * np.pi / 12 * np.einsum("nc,cxyz->nxyz", vectors, np.indices((12,) * 3))
    moves = np.einsum("kcn,nxyz->kcxyz", chosen, np.exp(1j * angles)) * 12
    assert np.abs(moves.imag).max() < 1e-5
    np.testing.assert_allclose(_displacements(chosen, vectors, 12), moves.real, atol=1e-5)
