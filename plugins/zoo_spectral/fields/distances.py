"""Signed distances of periodic cells, exact up to a bound."""

import math

import torch
from torch import Tensor

ROWS_AT_ONCE = 16
"""Cells whose squared distances stay in a core's cache together."""


def signed_distances(solid: Tensor, bound: float) -> Tensor:
    """How deep the centre of each voxel lies in solid, `[B, d, d, d]`, float32, in voxels; negative in void.

    It is the Euclidean distance to the nearest centre of the other phase, over all periodic images, less half a voxel:
    the surface lies halfway between centres. It is cut off at +-`bound`, at most d - 1. `solid` is bool `[B, d, d, d]`.
    """
    return torch.cat([_signed(part, bound) for part in torch.split(solid, ROWS_AT_ONCE)])


def _signed(solid: Tensor, bound: float) -> Tensor:
    reach = math.ceil(bound + 0.5)
    # One of the two is 0 everywhere, for a voxel is at no distance from its own phase.
    squared = _squared(~solid, reach) + _squared(solid, reach)
    distances = squared.float().sqrt_().sub_(0.5).clamp_(max=bound)
    return torch.where(solid, distances, -distances)


def _squared(sources: Tensor, reach: int) -> Tensor:
    """Squared distances to the nearest source, int16 `[B, d, d, d]`: exact up to `reach`, more than its square beyond.

    One axis after the other, each by the minimum over the neighbours along it (Saito & Toriwaki 1994): with a bound on
    the distance these are few, and all voxels take the same steps.
    """
    squared = torch.where(sources, 0, (reach + 1) ** 2).to(torch.int16)
    for axis in (1, 2, 3):
        size = squared.shape[axis]
        ends = squared.narrow(axis, size - reach, reach), squared.narrow(axis, 0, reach)
        wrapped = torch.cat([ends[0], squared, ends[1]], axis)
        for offset in range(1, reach + 1):
            farther = wrapped + offset**2
            for start in (reach - offset, reach + offset):
                squared = torch.minimum(squared, farther.narrow(axis, start, size))
    return squared
