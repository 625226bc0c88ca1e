"""Repulsion against brute force."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from exact_walks import literal_force
from zoo import ZooError
from zoo.components.samplers.repulsion import Repulsion, pair_distance


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 40),
    st.integers(1, 6),
    st.integers(1, 12),
    st.floats(0.05, 5.0),
    st.floats(0.0, 100.0),
    st.integers(0, 2**31),
)
def test_clustered_search_is_brute_force(
    count: int, size: int, clusters: int, radius: float, offset: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    known = torch.randn(count, size, generator=generator, dtype=torch.float64) + offset
    # Some neighbours twice, and some points on top of a neighbour.
    known = torch.cat([known, known[: count // 3]])
    points = torch.cat([torch.randn(6, size, generator=generator, dtype=torch.float64) + offset, known[:2]])
    expected = torch.stack([literal_force(point, known, radius) for point in points])
    found = Repulsion(known, radius, clusters).force(points)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_far_clusters_are_skipped_and_near_ones_are_not() -> None:
    near, far = torch.randn(20, 3), torch.randn(20, 3) + 1000
    repulsion = Repulsion(torch.cat([near, far]), radius=3.0, clusters=2)
    assert sorted(len(members) for members in repulsion.members) == [20, 20]
    points = torch.randn(5, 3)
    expected = torch.stack([literal_force(point, near, 3.0) for point in points])
    torch.testing.assert_close(repulsion.force(points), expected, rtol=1e-4, atol=1e-4)
    assert torch.equal(repulsion.force(points + 500), torch.zeros(5, 3))


def test_the_kernel() -> None:
    """-1 / ln(1 - d / radius), away from the neighbour, and nothing from the radius on."""
    repulsion = Repulsion(torch.zeros(1, 2, dtype=torch.float64), radius=2.0, clusters=1)
    distances = torch.tensor([0.02, 1.0, 1.8, 1.98, 2.0, 2.1], dtype=torch.float64)
    force = repulsion.force(torch.stack([distances, torch.zeros(6, dtype=torch.float64)], 1))
    assert force[:, 0].tolist() == pytest.approx([99.499, 1.4427, 0.4343, 0.2171, 0.0, 0.0], rel=1e-3)
    assert force[:, 1].tolist() == [0.0] * 6


def test_the_radius_comes_from_pairs_that_differ() -> None:
    grid = torch.arange(5.0)[:, None] * torch.tensor([[3.0, 4.0]])
    copies = torch.cat([grid, grid, grid * (1 + 1e-6)])
    # Of the 180 pairs that differ 72 are 5 apart and 54 are 10 apart.
    assert pair_distance(copies, 0.39) == pytest.approx(5, rel=1e-4)
    assert pair_distance(copies, 0.41) == pytest.approx(10, rel=1e-4)
    with pytest.raises(ZooError, match="all alike"):
        pair_distance(torch.ones(4, 2), 0.5)


@pytest.mark.parametrize("share", [0.005, 0.1])
def test_the_radius_is_a_quantile_of_all_distances(share: float) -> None:
    from scipy.spatial.distance import pdist

    known = torch.randn(900, 16, generator=torch.Generator().manual_seed(1))
    expected = np.quantile(pdist(known.double().numpy()), share)
    assert pair_distance(known, share) == pytest.approx(expected, rel=1e-3)
