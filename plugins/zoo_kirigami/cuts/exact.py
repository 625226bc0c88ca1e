"""Exact replacement of cuts: a Gibbs sampler without rejected tries, and the repair of cells whose cuts cross."""

from collections.abc import Iterator

import torch
from torch import Tensor

from zoo import Noise, ZooError
from zoo_kirigami.cuts.arcs import Gaps, free_gaps, neighbours
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles
from zoo_kirigami.cuts.overlap import crossing_cuts

MAX_SWEEPS = 1000
"""Upper limit on the sweeps of a repair; cells of uniform noise need about three."""

NEARBY_SWEEPS = 20
"""Number of sweeps for which repair stays nearby if it is asked to."""


def gibbs(noise: Noise, n: int, max_rotation: float, sweeps: int, cut_length: float = CUT_LENGTH) -> Tensor:
    """Cells `[B, n, n]` without crossings, after `sweeps` replacements of every cut of the base pattern."""
    base = torch.from_numpy(base_angles(n)).to(noise.device)
    angles = base.expand(len(noise), n, n).clone()
    for _ in range(sweeps):
        uniform = noise.uniform(n, n).double()
        for colour in _colours(angles):
            gaps = _gaps(angles, colour, max_rotation, cut_length)
            angles[colour] = base[colour[1:]] + gaps.place(uniform[colour] * gaps.total)
    return angles


def repair(
    angles: Tensor, noise: Noise, max_rotation: float, cut_length: float = CUT_LENGTH, *, nearby: bool = False
) -> Tensor:
    """Cells `[B, n, n]` without crossings from any cells in range; those that have none keep every bit.

    Cuts that cross are drawn anew, evenly from what their neighbours leave of the range, until none crosses any more;
    `nearby` ones, for 20 sweeps, from that gap alone which is nearest, which turns them less. A cut that finds no
    room waits for its neighbours to move. ZooError if cells still cross after 1,000 sweeps.
    """
    base = torch.from_numpy(base_angles(angles.shape[-1])).to(angles.device)
    repaired = angles.double()
    for sweep in range(MAX_SWEEPS):
        if not crossing_cuts(repaired, cut_length).any():
            return repaired.to(angles.dtype)
        uniform = noise.uniform(*angles.shape[1:]).double()
        for colour in _colours(angles):
            crossing = crossing_cuts(repaired, cut_length)[colour]
            gaps = _gaps(repaired, colour, max_rotation, cut_length)
            if nearby and sweep < NEARBY_SWEEPS:
                gaps = gaps.nearest(repaired[colour] - base[colour[1:]])
            drawn = base[colour[1:]] + gaps.place(uniform[colour] * gaps.total)
            repaired[colour] = torch.where(crossing & (gaps.total > 0), drawn, repaired[colour])
    raise ZooError(f"there are cells whose cuts still cross after {MAX_SWEEPS} sweeps of repair")


def _colours(angles: Tensor) -> Iterator[tuple[slice, slice, slice]]:
    """The cuts in four groups, no two of a group neighbours: what is done to a group at once is done to each alone."""
    for row in range(2):
        for column in range(2):
            yield slice(None), slice(row, None, 2), slice(column, None, 2)


def _gaps(angles: Tensor, colour: tuple[slice, slice, slice], max_rotation: float, cut_length: float) -> Gaps:
    base = torch.from_numpy(base_angles(angles.shape[-1])).to(angles.device)
    around = neighbours(angles)[colour]
    return free_gaps(around, base[colour[1:]].expand(around.shape[:-1]), max_rotation, cut_length)
