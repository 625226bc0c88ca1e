import numpy as np
import torch
from torch import Tensor

from zoo_spectral.fields.levels import at_volume, soft_cells


def fields(count: int = 2) -> Tensor:
    return torch.from_numpy(np.random.default_rng(0).normal(size=(count, 6, 6, 6)))


def test_the_level_is_the_quantile_as_the_width_falls() -> None:
    wanted = torch.tensor([0.25, 0.75], dtype=torch.float64)
    level = (fields() - at_volume(fields(), wanted, 1e-3))[:, 0, 0, 0]
    for one, share, found in zip(fields(), wanted, level, strict=True):
        assert abs(float((one > found).double().mean() - share)) <= 1 / 6**3


def test_its_derivatives_are_those_of_finite_differences() -> None:
    wanted = torch.tensor([0.3, 0.6], dtype=torch.float64, requires_grad=True)
    given = fields().requires_grad_()
    assert torch.autograd.gradcheck(lambda f, v: at_volume(f, v, 0.5)[:, 0, 0, :2], (given, wanted), atol=1e-2)


def test_soft_cells_reach_both_ends_and_full_ones_are_full() -> None:
    mixed, full, empty = fields(1), fields(1).abs() + 0.1, -fields(1).abs() - 0.1
    soft = soft_cells(torch.cat([mixed, full, empty]), 0.5)
    assert soft[0].min() == 0 and soft[0].max() == 1
    assert torch.equal(soft[0] > 0.5, mixed[0] > 0)
    assert (soft[1] == 1).all() and (soft[2] == 0).all()
