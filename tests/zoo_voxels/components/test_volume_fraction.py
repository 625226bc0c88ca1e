"""The volume-fraction objective against its formula and its known gradient."""

import pytest
import torch

from zoo import ZooError
from zoo_voxels.components.volume_fraction import VolumeFraction


def test_energy_and_gradient() -> None:
    soft = torch.rand(3, 4, 4, 4, dtype=torch.float64, requires_grad=True)
    energy = VolumeFraction().energy(soft, {"volume_fraction": 0.3})
    gap = torch.stack([cell.sum() / 64 - 0.3 for cell in soft.detach()])
    torch.testing.assert_close(energy, gap**2)
    energy.sum().backward()
    torch.testing.assert_close(soft.grad, (2 * gap / 64).view(3, 1, 1, 1).expand(3, 4, 4, 4))


def test_other_targets_are_refused() -> None:
    with pytest.raises(ZooError, match="volume_fraction, not stiffness"):
        VolumeFraction().energy(torch.rand(1, 2, 2, 2), {"stiffness": 1.0})
