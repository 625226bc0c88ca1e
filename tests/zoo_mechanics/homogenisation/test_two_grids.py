"""The preconditioner of the homogeniser."""

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import Tensor

from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.element import element
from zoo_mechanics.homogenisation.mesh import Mesh
from zoo_mechanics.homogenisation.solve import homogenise
from zoo_mechanics.homogenisation.two_grids import TwoGrids

EDGES = torch.tensor([[0.1, 0.01, 0.0], [0.02, 0.12, 0.03], [0.0, -0.01, 0.09]], dtype=torch.float64)


@given(st.integers(0, 1000), st.sampled_from([0.1, 0.3, 0.9]), st.sampled_from([(6, 4, 2), (4, 5, 6)]))
@settings(max_examples=15)
def test_it_is_symmetric_and_positive(seed: int, fill: float, shape: tuple[int, int, int]) -> None:
    """Conjugate gradients need that. Two cells, of which one has fewer nodes; sparse and dense, even and odd."""
    generator = torch.Generator().manual_seed(seed)
    cells = (torch.rand(2, *shape, generator=generator, dtype=torch.float64) < fill).double()
    cells[:, 0, 0, 0] = 1
    voxel = element(EDGES, isotropic())
    mesh = Mesh(cells, voxel)
    precondition = TwoGrids(mesh, voxel)
    there = mesh.from_box(torch.ones(3, 2, *shape, 3, dtype=torch.float64))
    one, other = (torch.randn(there.shape, generator=generator, dtype=torch.float64) * there for _ in range(2))
    assert float((precondition(one) * other).sum()) == pytest.approx(float((one * precondition(other)).sum()), abs=1e-9)
    for forces in (one, other):
        balanced = mesh.apply(forces)
        assert float((precondition(balanced) * balanced).sum()) > 0


def body_centred(resolution: int) -> Tensor:
    x, y, z = torch.meshgrid(*[(torch.arange(resolution) + 0.5) / resolution - 0.5] * 3, indexing="ij")
    points = torch.stack([x, y, z], -1)
    axes = torch.tensor([[1.0, a, b] for a in (-1, 1) for b in (-1, 1)]) / 3**0.5
    far = torch.stack([torch.linalg.cross(points, axis.expand_as(points)).norm(dim=-1) for axis in axes])
    return (far.amin(0) < 0.1).float()[None]


def test_iterations_do_not_grow_with_the_grid() -> None:
    iterations = [int(homogenise(body_centred(resolution)).iterations) for resolution in (12, 24, 40)]
    assert max(iterations) <= 25 and max(iterations) - min(iterations) <= 6
