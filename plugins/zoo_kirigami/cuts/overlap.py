"""Overlap of cuts that reach into each other, in torch: differentiable, and on any device."""

import torch
from torch import Tensor

from zoo_kirigami.cuts.geometry import CUT_LENGTH, OFFSETS


def signed_overlap(angles: Tensor, cut_length: float = CUT_LENGTH) -> Tensor:
    """m of every pair of neighbours, `[B, 4, n, n]` for angles `[B, n, n]` in degrees, in the order of
    `crossing_pairs`.

    For unit directions u and v, half length h and centres d apart, m = h |u x v| - max(|d x u|, |d x v|) in units of
    the lattice; the cuts cross where it is positive.
    """
    radians = torch.deg2rad(angles)
    x, y = radians.sin(), radians.cos()
    overlaps = []
    for down, right in OFFSETS:
        p, q = (part.roll((-down, -right), (1, 2)) for part in (x, y))
        reach = cut_length / 2 * (x * q - y * p).abs()
        first, second = right * y + down * x, right * q + down * p
        overlaps.append(reach - torch.maximum(first.abs(), second.abs()))
    return torch.stack(overlaps, 1)


def crossing_flags(angles: Tensor, cut_length: float = CUT_LENGTH) -> Tensor:
    """`crossing_pairs` for tensors on any device: bool `[B, 4, n, n]` of angles `[B, n, n]` in degrees.

    Worked out in float64, where the two agree on all pairs but those whose cuts touch to within rounding.
    """
    return signed_overlap(angles.double(), cut_length) > 0


def crossing_cuts(angles: Tensor, cut_length: float = CUT_LENGTH) -> Tensor:
    """Which cuts cross any of their eight neighbours: bool `[B, n, n]`."""
    flags = crossing_flags(angles, cut_length)
    partners = [flags[:, k].roll(offset, (1, 2)) for k, offset in enumerate(OFFSETS)]
    return flags.any(1) | torch.stack(partners, 1).any(1)
