"""Octants: what they hold, what they become, what is refused."""

import numpy as np
import pytest
import torch

from zoo import Structure, ZooError
from zoo_baselines.components.octant import Octant

STRUCTURE = Structure((6, 6, 6), 0.0, 1.0)


def mirrored(octants: np.ndarray) -> np.ndarray:
    """numpy's reflections, one index at a time."""
    cells = np.empty((len(octants), 6, 6, 6), np.float32)
    for place in np.ndindex(6, 6, 6):
        x, y, z = (min(i, 5 - i) for i in place)
        cells[(slice(None), *place)] = octants[:, x, y, z]
    return cells


def test_there_and_back() -> None:
    octants = np.random.default_rng(0).integers(0, 2, (5, 3, 3, 3)).astype(np.float32)
    cells = torch.from_numpy(mirrored(octants))
    encoder = Octant(STRUCTURE)
    latents = encoder.encode(cells).mean
    assert latents.shape == (5, *encoder.latent_shape) == (5, 1, 3, 3, 3)
    np.testing.assert_array_equal(latents[:, 0], 2 * octants - 1)
    assert torch.equal(encoder.decode(latents), cells)


def test_cells_that_are_not_mirrored_are_counted() -> None:
    cells = torch.zeros(4, 6, 6, 6)
    cells[1, 0, 2, 3] = cells[3, 5, 5, 5] = 1
    with pytest.raises(ZooError, match="2 of 4 cells are not mirrored at their middle planes"):
        Octant(STRUCTURE).encode(cells)


@pytest.mark.parametrize("shape", [(5, 5, 5), (6, 6), (6, 6, 4)])
def test_structures_without_octants(shape: tuple[int, ...]) -> None:
    with pytest.raises(ZooError, match="are not cubes of even side"):
        Octant(Structure(shape, 0.0, 1.0))
