"""The critic: shapes, size, periodicity."""

import pytest
import torch

from zoo import Structure, ZooError
from zoo_kirigami.components.circular_critic import CircularCritic

STRUCTURE = Structure((6, 6), -60.0, 150.0)


@pytest.mark.parametrize("n", [4, 6])
def test_a_number_for_each_pattern(n):
    structure = Structure((n, n), -20.0, 110.0)
    patterns = structure.from_unit(torch.rand(3, n, n) * 2 - 1)
    assert CircularCritic(structure, width=8)(patterns).shape == (3,)


def test_published_size():
    """Of the proposal that fills the paper's gaps: 0.37 million parameters."""
    assert round(sum(p.numel() for p in CircularCritic(STRUCTURE).parameters()) / 1e6, 2) == 0.37


@pytest.mark.parametrize("structure", [Structure((6, 4), 0, 1), Structure((5, 5), 0, 1), Structure((4, 4, 4), 0, 1)])
def test_structures_that_do_not_fit(structure):
    with pytest.raises(ZooError, match=str(structure.shape[0])):
        CircularCritic(structure)


def test_its_convolutions_are_periodic():
    torch.manual_seed(0)
    trunk = CircularCritic(STRUCTURE, width=8).layers[:-2]
    patterns = torch.rand(2, 6, 6)
    with torch.no_grad():
        assert torch.allclose(trunk(patterns.roll(2, 2)), trunk(patterns).roll(1, 3), atol=1e-6)
