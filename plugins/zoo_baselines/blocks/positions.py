"""Where a token of a cube is, as sines and cosines."""

import torch
from torch import Tensor

LONGEST = 10_000
"""The longest wavelength, in radians per token (Vaswani et al. 2017)."""


def cube_positions(side: int, width: int) -> Tensor:
    """`[side^3, width]`: a third of the width for each axis, of that half sines and half cosines of the index along the
    axis, at frequencies from 1 down to nearly 1 / LONGEST (DiT-3D: as DiT, with a
    third axis). `width` is a multiple of 6; the last axis runs fastest."""
    count = width // 6
    frequencies = LONGEST ** -(torch.arange(count, dtype=torch.float64) / count)
    angles = torch.arange(side)[:, None] * frequencies
    waves = torch.cat([angles.sin(), angles.cos()], 1)
    along = torch.cartesian_prod(*3 * [torch.arange(side)])
    return waves[along].flatten(1).float()
