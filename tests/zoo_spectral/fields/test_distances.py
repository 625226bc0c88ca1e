import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from zoo_spectral.fields.distances import signed_distances


def by_comparing_all(solid: NDArray[np.bool_], bound: float) -> NDArray[np.float64]:
    """Each voxel against each of the other phase, over all periodic images."""
    size = len(solid)
    places = np.argwhere(np.ones_like(solid))
    apart = np.abs(places[:, None] - places[None])
    distances = np.sqrt((np.minimum(apart, size - apart) ** 2).sum(-1)) - 0.5
    flat = solid.ravel()
    distances[flat[:, None] == flat[None]] = np.inf
    nearest = np.minimum(distances.min(1), bound)
    return np.where(flat, nearest, -nearest).reshape(solid.shape)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("bound", [1.0, 2.25, 5.0])
def test_distances_are_those_of_comparing_all_voxels(share: float, bound: float) -> None:
    solid = np.random.default_rng(0).random((3, 7, 7, 7)) < share
    solid[:, 0, 0, 0], solid[:, 3, 3, 3] = True, False
    expected = np.stack([by_comparing_all(cell, bound) for cell in solid])
    np.testing.assert_allclose(signed_distances(torch.from_numpy(solid), bound), expected, atol=1e-6)


def test_distances_are_those_of_scipy_on_a_cell_among_its_images() -> None:
    solid = np.random.default_rng(1).random((2, 16, 16, 16)) < 0.05
    tiled = np.tile(solid, (1, 3, 3, 3))
    inner = slice(16, 32)
    expected = np.stack([distance_transform_edt(c) - distance_transform_edt(~c) for c in tiled])[:, inner, inner, inner]
    expected = np.clip(expected - 0.5 * np.sign(expected), -4, 4)
    np.testing.assert_allclose(signed_distances(torch.from_numpy(solid), 4.0), expected, atol=1e-6)


def test_cells_of_one_phase_are_as_far_from_a_surface_as_can_be() -> None:
    cells = torch.stack([torch.zeros(6, 6, 6), torch.ones(6, 6, 6)]).bool()
    distances = signed_distances(cells, 2.0)
    assert (distances[0] == -2).all() and (distances[1] == 2).all()
