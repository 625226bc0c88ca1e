"""Free arcs: the exact set of angles at which a cut crosses none of its neighbours.

A neighbour at d whose direction is v takes from the cut every direction of a point d + r v of it, |r| <= h, that lies
within reach, |d + r v| <= h. Those points are one piece of the neighbour, so their directions are one arc. What eight
arcs leave of the range is at most nine gaps, and a cut drawn evenly from them is an exact draw given its neighbours: no
tries, and a density that is known. Everything here is float64, in degrees.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_kirigami.cuts.geometry import CUT_LENGTH

AROUND = ((0, 1), (1, 0), (1, 1), (1, -1), (0, -1), (-1, 0), (-1, -1), (-1, 1))
"""(row, column) steps from a cut to its eight neighbours."""

CLEARANCE = 1e-5
"""Degrees that drawn angles keep from the ends of their gap: more than float32 rounds off, and less than shows."""


@dataclass(frozen=True)
class Gaps:
    """Rotations [...] that are free, as gaps [..., g] that begin at `low` and are `length` long, in ascending order."""

    low: Tensor
    length: Tensor

    @property
    def total(self) -> Tensor:
        """How many degrees are free, [...]."""
        return self.length.sum(-1)

    def measure(self, rotations: Tensor) -> Tensor:
        """How much is free below each of the rotations [..., k]: the same shape."""
        reach = rotations.unsqueeze(-1) - self.low.unsqueeze(-2)
        return reach.clamp(min=0).minimum(self.length.unsqueeze(-2)).sum(-1)

    def place(self, measure: Tensor) -> Tensor:
        """The rotation [...] below which so much is free; the inverse of `measure`, clear of the ends of its gap."""
        before = self.length.cumsum(-1) - self.length
        # The last gap that begins at or below the measure; empty gaps begin where the next one does.
        inside = (before <= measure.unsqueeze(-1)) & (self.length > 0)
        gap = (inside * torch.arange(1, self.length.shape[-1] + 1, device=measure.device)).argmax(-1, keepdim=True)
        low, length, start = (part.gather(-1, gap).squeeze(-1) for part in (self.low, self.length, before))
        clear = (length / 2).clamp(max=CLEARANCE)
        return low + (measure - start).maximum(clear).minimum(length - clear)

    def nearest(self, rotations: Tensor) -> "Gaps":
        """The gap next to each of the rotations `[...]`, half a turn being none."""
        turned = rotations.unsqueeze(-1) + torch.tensor([-180.0, 0.0, 180.0], device=rotations.device)
        below = self.low.unsqueeze(-1) - turned.unsqueeze(-2)
        away = below.maximum(-below - self.length.unsqueeze(-1)).clamp(min=0).amin(-1)
        own = away.masked_fill(self.length <= 0, torch.inf).argmin(-1, keepdim=True)
        return Gaps(self.low.gather(-1, own), self.length.gather(-1, own))


def neighbours(angles: Tensor) -> Tensor:
    """The angles of the eight neighbours of each cut, `[B, n, n, 8]` in the order of `AROUND`, for patterns `[B, n,
    n]`."""
    return torch.stack([angles.roll((-down, -right), (1, 2)) for down, right in AROUND], -1)


def free_gaps(around: Tensor, base: Tensor, max_rotation: float, cut_length: float = CUT_LENGTH) -> Gaps:
    """The free rotations of cuts whose eight neighbours have the angles `around` [..., 8], NaN where there is none yet.

    `base` [...] is the angle that rotations, at most `max_rotation` either way, are counted from.
    """
    low, width = _forbidden_arcs(around.double(), cut_length / 2)
    start = low - base.unsqueeze(-1)
    start = torch.where(width > 0, start - 180 * torch.floor((start + 90) / 180), 90.0)
    # A cut is the same after half a turn: an arc that leaves at the top comes in at the bottom.
    starts = torch.cat([start, start - 180], -1).clamp(-max_rotation, max_rotation)
    ends = torch.cat([start + width, start + width - 180], -1).clamp(-max_rotation, max_rotation)
    starts, order = starts.sort(-1)
    taken = ends.gather(-1, order).cummax(-1).values
    border = torch.full_like(starts[..., :1], max_rotation)
    gap_low = torch.cat([-border, taken], -1)
    gap_high = torch.cat([starts, border], -1)
    return Gaps(gap_low, (gap_high - gap_low).clamp(min=0))


def _forbidden_arcs(around: Tensor, half: float) -> tuple[Tensor, Tensor]:
    """Where the arc of each neighbour begins (bearing in degrees) and how wide it is, 0 for those out of reach."""
    radians = torch.deg2rad(around)
    x, y = radians.sin(), radians.cos()
    steps = torch.tensor(AROUND, dtype=x.dtype, device=x.device)
    dx, dy = steps[:, 1], -steps[:, 0]
    along = dx * x + dy * y
    room = half**2 - (dx.square() + dy.square()) + along.square()
    root = room.clamp(min=0).sqrt()
    first, last = (-along - root).clamp(min=-half), (-along + root).clamp(max=half)
    within = (room > 0) & (last > first)  # False for NaN.
    px, py = dx + first * x, dy + first * y
    qx, qy = dx + last * x, dy + last * y
    bearing = torch.atan2(px, py)
    turn = torch.atan2(qx * py - qy * px, px * qx + py * qy)
    low = torch.rad2deg(bearing + turn.clamp(max=0))
    width = torch.rad2deg(turn.abs())
    return torch.where(within, low, 0.0), torch.where(within, width, 0.0)
