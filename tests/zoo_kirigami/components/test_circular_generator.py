"""The generator: shapes, ranges, size, periodicity."""

import pytest
import torch

from zoo import Structure, ZooError
from zoo_kirigami.components.circular_generator import CircularGenerator

STRUCTURE = Structure((6, 6), -60.0, 150.0)


@pytest.mark.parametrize("n", [4, 6])
def test_shapes_and_ranges(n):
    torch.manual_seed(0)
    generator = CircularGenerator(Structure((n, n), -20.0, 110.0), latent_dim=7, width=8).eval()
    soft = generator(10 * torch.randn(3, 7))
    assert soft.shape == (3, n, n)
    assert -20 <= soft.min() <= soft.max() <= 110


def test_published_size():
    """Of the proposal that fills the paper's gaps: 0.52 million parameters."""
    assert round(sum(p.numel() for p in CircularGenerator(STRUCTURE).parameters()) / 1e6, 2) == 0.52


@pytest.mark.parametrize("structure", [Structure((6, 4), 0, 1), Structure((5, 5), 0, 1), Structure((4, 4, 4), 0, 1)])
def test_structures_that_do_not_fit(structure):
    with pytest.raises(ZooError, match=str(structure.shape[0])):
        CircularGenerator(structure)


def test_its_convolutions_are_periodic():
    torch.manual_seed(0)
    head = CircularGenerator(STRUCTURE, width=8).eval().layers[2:]
    features = torch.rand(2, 32, 3, 3)
    with torch.no_grad():
        assert torch.allclose(head(features.roll(1, 2)), head(features).roll(2, 1), atol=1e-6)
