"""Periodic fields as real Fourier series, at any resolution."""

import math

import torch
from torch import Tensor


def waves(modes: int, resolution: int, like: Tensor) -> Tensor:
    """The first `modes` waves along an axis at the centres of `resolution` voxels, `[resolution, modes]`: 1, then
    sqrt(2) cos and sqrt(2) sin of 2 pi k x for k = 1, 2, … Their mean products over voxels are 1 with themselves and 0
    with others, as long as `modes`, an odd number, is at most `resolution`."""
    x = (torch.arange(resolution, dtype=torch.float64) + 0.5) / resolution
    columns = [torch.ones_like(x)]
    for k in range(1, modes // 2 + 1):
        columns += [math.sqrt(2) * torch.cos(2 * math.pi * k * x), math.sqrt(2) * torch.sin(2 * math.pi * k * x)]
    return torch.stack(columns, 1).to(like)


def analyse(fields: Tensor, modes: int) -> Tensor:
    """Coefficients `[B, m, m, m]` of fields `[B, d, d, d]`, m = `modes` along each axis; finer waves are left out."""
    along = waves(modes, fields.shape[-1], fields) / fields.shape[-1]
    return _along_each(fields, along)


def synthesise(coefficients: Tensor, resolution: int) -> Tensor:
    """The field `[B, r, r, r]` of coefficients `[B, m, m, m]` at the centres of r^3 voxels, r = `resolution`."""
    along = waves(coefficients.shape[-1], resolution, coefficients)
    return _along_each(coefficients, along.T)


def _along_each(values: Tensor, matrix: Tensor) -> Tensor:
    """Values `[B, n, n, n]` times a matrix `[n, m]` along each axis: `[B, m, m, m]`."""
    for _ in range(3):
        values = (values @ matrix).permute(0, 3, 1, 2)
    return values
