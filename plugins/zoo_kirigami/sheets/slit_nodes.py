"""Nodes on a cut at which the equations of the slit sheet are written: the nearer another cut, the more closely.

Nodes cos(theta) with theta evenly spaced, those of Gauss-Chebyshev quadrature, resolve a cut by itself. A tip at the
distance d from another cut makes fields that vary over d, and even nodes would have to be d apart everywhere. So theta
is a smooth function of an even spacing, dense around every near point and ever less dense away from it, by octaves:
halving a gap adds a constant number of nodes. Even quadrature stays exponentially accurate under such a map.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

MAX_OCTAVE = 0.5
"""The widest octave, in radians of theta."""

OCTAVES = 14
"""Half widths down to MAX_OCTAVE / 2^13, 6e-5: nearer points are treated as if they were that far."""

NEAREST = 64
"""How many near points a cut minds."""

_STRIDES = 32
"""Strides from each end of another cut."""

_MIN_STRIDE = 0.01
"""Lower limit on a stride, in half lengths of a cut."""

SHARE = 0.375
"""Nodes of an octave as a share of those of a lone cut."""

_HALVINGS = 20
"""Halvings of a node's bracket, to a fraction of the narrowest octave; then Newton's method doubles the digits."""

_NEWTON = 3


class Nodes(NamedTuple):
    """For patterns `[B, n, n]` the same number T of places for all, in the order of cuts, filled up with dummies.

    Cuts of M nodes have M lines: the first asks that its dislocations sum to zero, the others that the traction
    vanishes at `between`. `cut` is -1 for dummies.
    """

    at: Tensor
    """Nodes in (-1, 1) along their cut, `[B, T]`."""
    between: Tensor
    """Points between one node and the next before it, `[B, T]`; 1, a tip, for the first of a cut."""
    cut: Tensor
    """Number of the cut, int64 `[B, T]`."""
    first: Tensor
    """Whether it is the first of its cut, bool `[B, T]`."""

    @property
    def free(self) -> Tensor:
        """Lines that are about tractions, bool `[B, T]`."""
        return ~self.first & (self.cut >= 0)


@torch.no_grad()
def graded_nodes(tangents: Tensor, half: float, nodes: int) -> Nodes:
    """Nodes for cuts with the unit tangents `[B, n, n]` (complex, y up): `nodes` on a lone one, more where it is
    near."""
    angle, depth = _near_points(tangents, half)
    place, width, weight = _octaves(angle, depth)
    count = (nodes * (1 + SHARE * weight.sum(-1))).ceil()
    total = count.sum(1).long()
    order = torch.arange(int(total.max()), device=count.device)
    ends = count.cumsum(1).long()
    cut = torch.searchsorted(ends, order.expand(len(ends), -1).contiguous(), right=True)
    dummy = order >= total[:, None]
    cut = cut.clamp(max=ends.shape[1] - 1)
    own = ends.gather(1, cut)
    counted = count.gather(1, cut)
    index = order - own + counted
    terms = [part.gather(1, cut[..., None].expand(-1, -1, part.shape[-1])) for part in (place, width, weight)]
    at, between = (_inverse((index + shift) / counted, *terms).cos() for shift in (0.5, 0.0))
    return Nodes(at, between, cut.masked_fill(dummy, -1), (index == 0) & ~dummy)


def _near_points(tangents: Tensor, half: float) -> tuple[Tensor, Tensor]:
    """Points of other cuts as seen from each, theta = angle + i depth, `[B, N, NEAREST]`, nearest first.

    Each other cut is walked from both ends in strides as long as what is seen is far, so that cuts that run side by
    side are seen along their whole length.
    """
    away, other = [], []
    for down in range(-2, 3):
        for right in range(-2, 3):
            if (down, right) != (0, 0):
                away.append(right - 1j * down)
                other.append(tangents.roll((-down, -right), (1, 2)))
    turn = tangents.conj()[..., None]
    along = torch.stack(other, -1) * turn
    centre = torch.tensor(away).to(along) * turn / half
    seen = []
    for end in (-1, 1):
        place = torch.full_like(centre.real, end)
        for _ in range(_STRIDES):
            point = centre + place * along
            seen.append(point)
            stride = torch.hypot((point.real.abs() - 1).clamp(min=0), point.imag).clamp(min=_MIN_STRIDE)
            place = (place - end * stride).clamp(-1, 1)
    theta = torch.acos(torch.cat(seen, -1).flatten(1, 2))
    depth, chosen = theta.imag.abs().topk(NEAREST, largest=False)
    return theta.real.gather(-1, chosen), depth


def _octaves(angle: Tensor, depth: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Place, width and weight `[B, N, K]` of the bumps of the density of nodes, K being as many as any cut needs."""
    widths = MAX_OCTAVE * 0.5 ** torch.arange(OCTAVES, device=angle.device).double()
    wanted = widths > depth[..., None] / math.sqrt(2)
    kept = torch.zeros_like(wanted)
    for k in range(NEAREST):
        close = (angle[..., k : k + 1] - angle[..., :k])[..., None].abs() < widths
        kept[..., k, :] = wanted[..., k, :] & ~(close & kept[..., :k, :]).any(-2)
    edge = torch.minimum(angle, math.pi - angle)[..., None] < widths
    weight = torch.where(edge, 0.5, 1.0) * kept
    weight, order = weight.flatten(2).sort(-1, descending=True)
    most = max(1, int((weight > 0).sum(-1).max()))
    place = angle[..., None].expand_as(kept).flatten(2).gather(-1, order)[..., :most]
    width = widths.expand_as(kept).flatten(2).gather(-1, order)[..., :most]
    return place, width, weight[..., :most]


def _inverse(share: Tensor, place: Tensor, width: Tensor, weight: Tensor) -> Tensor:
    """The theta `[B, T]` below which that share of a cut's nodes lies, of bumps `[B, T, K]`."""
    low, high = torch.zeros_like(share), torch.full_like(share, math.pi)
    shrink = torch.exp(-width)
    weight = SHARE * weight / 2 / math.pi
    total = 1 + 2 * math.pi * weight.sum(-1)
    theta = torch.full_like(share, math.pi / 2)
    for step in range(_HALVINGS + _NEWTON):
        value, slope = theta / math.pi, torch.full_like(theta, 1 / math.pi)
        for sign in (1, -1):
            phi = theta[..., None] + sign * place
            sine, cosine = shrink * phi.sin(), shrink * phi.cos()
            value = value + (weight * (phi + 2 * torch.atan2(sine, 1 - cosine))).sum(-1)
            slope = slope + (weight * (1 - shrink**2) / (1 - 2 * cosine + shrink**2)).sum(-1)
        miss = value - share * total
        low, high = torch.where(miss < 0, theta, low), torch.where(miss > 0, theta, high)
        theta = (low + high) / 2 if step < _HALVINGS else theta - miss / slope
    return theta
