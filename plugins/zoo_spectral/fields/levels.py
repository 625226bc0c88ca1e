"""The level at which a field is cut, and soft cells on both sides of it."""

import torch
from torch import Tensor

HALVINGS = 10
"""Of an interval that holds the level; a step of Newton's is left, within that interval."""
MIN_SHARE = 1e-6
"""Lower limit on the share of voxels near the level, to divide by."""


def at_volume(fields: Tensor, volumes: Tensor, width: float) -> Tensor:
    """Fields `[B, r, r, r]`, shifted so that the part above 0 has these volumes `[B]`, between 0 and 1.

    A voxel within `width` of the level counts in part, so that the volume does not jump from voxel to voxel, and voxels
    that symmetry makes alike stay so. Differentiable in both arguments.
    """
    flat = fields.detach().flatten(1)
    low, high = flat.amin(1) - width, flat.amax(1) + width
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        too_much = _volume(flat - middle[:, None], width) > volumes
        low, high = torch.where(too_much, middle, low), torch.where(too_much, high, middle)
    level, left = (low + high) / 2, (high - low) / 2
    slope = ((flat - level[:, None]).abs() < width).float().mean(1) / (2 * width)
    # Where the level is a differentiable function it has the derivatives of this step, whatever the step does.
    missing = _volume(fields.flatten(1) - level[:, None], width) - volumes
    step = (missing / slope.clamp(min=MIN_SHARE / width)).clamp(-left, left)
    return fields - _like(level + step, fields)


def soft_cells(fields: Tensor, width: float) -> Tensor:
    """Densities `[B, r, r, r]` of fields, 1/2 at 0: a smooth step, tanh(field / width), each side of it scaled so that
    it reaches 0 and 1 where the cell is deepest. A field on one side of 0 gives a full or an empty cell, with the
    derivatives of the step, so that guidance finds a way out of it."""
    steps = torch.tanh(fields / width)
    flat = steps.detach().flatten(1)
    solid, void = flat.amax(1), -flat.amin(1)
    mixed = torch.minimum(solid, void) > 0
    solid, void = torch.where(mixed, solid, 1.0), torch.where(mixed, void, 1.0)  # No division by 0, even unused.
    scaled = torch.where(steps > 0, steps / _like(solid, steps), steps / _like(void, steps))
    one_phase = (fields > 0).to(steps.dtype) + 0.5 * (steps - steps.detach())
    return torch.where(_like(mixed, steps), 0.5 + 0.5 * scaled, one_phase)


def _volume(fields: Tensor, width: float) -> Tensor:
    """The share above 0 of fields `[B, n]`, rising linearly over the `width` on both sides."""
    return 0.5 + fields.clamp(-width, width).mean(1) / (2 * width)


def _like(values: Tensor, fields: Tensor) -> Tensor:
    return values.view(-1, *(1,) * (fields.dim() - 1))
