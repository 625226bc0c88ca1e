"""Paths from one cell to another without a crossing on the way (figure 2 of Felsch & Slesarenko 2024, for whole cells).

Cuts of one colour, of four, are not neighbours, and each may turn freely within the gap that the others leave it. So a
walk that moves a colour at a time, each cut within its gap, never crosses. It moves cuts as near to their goal as the
gap allows or, by a chance that falls to 0 again and again, anywhere in the gap, which lets jammed neighbours pass. Many
walks are tried at once, with more and with less chance.
"""

from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from zoo import ZooError
from zoo_kirigami.cuts.arcs import CLEARANCE, Gaps, free_gaps, neighbours
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, crossings

TRIES, SWEEPS, CYCLE = 32, 240, 24
"""How many walks are tried, how long they are, and after how many sweeps those that are stuck wander again."""
SHORTCUTS = 1000
STEP = 0.1
"""Degrees between the cells at which a straight piece of a path is tested."""

Cells = NDArray[np.float64]


def straight(start: Cells, goal: Cells, max_rotation: float) -> Cells:
    """Start and goal `[2, n, n]`, the goal's angles written so that a straight line turns each cut the shorter way that
    its range allows."""
    turn = goal - start
    if max_rotation == 90:
        turn = turn - 180 * np.rint(turn / 180)
    return np.stack([start, start + turn])


def detour(start: Cells, goal: Cells, max_rotation: float, cut_length: float = CUT_LENGTH, seed: int = 0) -> Cells:
    """Corners `[k, n, n]` of a path of straight pieces on which no cuts cross, from `start` to `goal`. Angles run on
    beyond their range where the range is the whole circle. The path is short, not the shortest.

    ZooError if the cells cross themselves, or if no path is found. That proves nothing; but there are cells
    between which there can be no path, for neighbours jam each other.
    """
    if crossings(np.stack([start, goal]), cut_length).any():
        raise ZooError("a path without crossings needs two cells without crossings.")
    line = straight(start, goal, max_rotation)
    if _is_free(line[0], line[1], cut_length):
        return line
    corners = _walk(start, goal, max_rotation, cut_length, seed)
    if corners is None:
        raise ZooError(f"no path without crossings was found in {TRIES} tries; there may be none.")
    return _shortened(corners, cut_length, np.random.default_rng(seed))


def frames(corners: Cells, count: int) -> Cells:
    """`count` cells `[count, n, n]` at equal distances along a path."""
    lengths = [length(pair) for pair in pairwise(corners)]
    reached = np.concatenate([[0.0], np.cumsum(lengths)])
    flat = corners.reshape(len(corners), -1)
    places = np.linspace(0, reached[-1], count)
    columns = [np.interp(places, reached, column) for column in flat.T]
    return np.stack(columns, 1).reshape(count, *corners.shape[1:])


def length(corners: "Cells | tuple[Cells, Cells]") -> float:
    """Length of a path, in degrees: the sum of the Euclidean distances (equation 1) between its corners."""
    return float(sum(np.linalg.norm(b - a) for a, b in pairwise(corners)))


def _walk(start: Cells, goal: Cells, max_rotation: float, cut_length: float, seed: int) -> Cells | None:
    chance = torch.Generator().manual_seed(seed)
    base = torch.from_numpy(base_angles(len(start)))
    angles = torch.from_numpy(start).expand(TRIES, *start.shape).clone()
    aim = torch.from_numpy(goal)
    corners = [angles.clone()]
    heat = torch.linspace(0.1, 1, TRIES).view(-1, 1, 1)
    for sweep in range(SWEEPS):
        for row in range(2):
            for column in range(2):
                colour = (slice(None), slice(row, None, 2), slice(column, None, 2))
                here, there = angles[colour], aim[colour[1:]]
                low, high = _room(angles, colour, base, max_rotation, cut_length)
                if max_rotation == 90:
                    # Of the goal's angles, half turns apart, that which lies next to the middle of the room.
                    there = there - 180 * ((there - (low + high) / 2) / 180).round()
                uniform = torch.rand(2, *here.shape, generator=chance, dtype=torch.float64)
                astray = low + (high - low) * uniform[0]
                wanders = uniform[1] < heat * (1 - 1.5 * (sweep % CYCLE) / CYCLE)
                angles[colour] = torch.where(wanders, astray, there.expand_as(here).maximum(low).minimum(high))
                corners.append(angles.clone())
        away = angles - aim
        away = away - 180 * (away / 180).round() if max_rotation == 90 else away
        arrived = away.abs().flatten(1).amax(1) < 2 * CLEARANCE
        if arrived.any():
            path = torch.stack(corners)[:, int(arrived.nonzero()[0])].numpy()
            return np.concatenate([path, path[-1:] - away[int(arrived.nonzero()[0])].numpy()])
    return None


def _room(
    angles: Tensor, colour: tuple[slice, slice, slice], base: Tensor, max_rotation: float, cut_length: float
) -> tuple[Tensor, Tensor]:
    """The lowest and highest angles that cuts of a colour can turn to without meeting another."""
    around = neighbours(angles)[colour]
    zero = base[colour[1:]].expand(around.shape[:-1])
    here = angles[colour] - zero
    turns = 180 * (here / 180).round() if max_rotation == 90 else torch.zeros_like(here)
    here = here - turns
    gaps = free_gaps(around, zero, max_rotation, cut_length)
    own = gaps.nearest(here)
    low, high = own.low.squeeze(-1), (own.low + own.length).squeeze(-1)
    if max_rotation == 90:
        low, high = _joined(gaps, low, high)
    clear = ((high - low) / 2).clamp(max=CLEARANCE)
    # A cut that touches another, up to rounding, stays where it is.
    return (low + clear).minimum(here) + turns + zero, (high - clear).maximum(here) + turns + zero


def _joined(gaps: Gaps, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """A gap at one end of the circle goes on at the other."""
    full = gaps.length > 0
    first = (gaps.length * (full & (gaps.low <= -90))).sum(-1)
    last = (gaps.length * (full & (gaps.low + gaps.length >= 90))).sum(-1)
    whole = (high - low) >= 180
    return (
        torch.where((low <= -90) & ~whole, low - last, low),
        torch.where((high >= 90) & ~whole, high + first, high),
    )


def _shortened(corners: Cells, cut_length: float, rng: np.random.Generator) -> Cells:
    """The path with pieces replaced by straight ones wherever, at random, that does."""
    for _ in range(SHORTCUTS):
        if len(corners) < 3:
            break
        first, last = np.sort(rng.choice(len(corners), 2, replace=False))
        if last - first > 1 and _is_free(corners[first], corners[last], cut_length):
            corners = np.concatenate([corners[: first + 1], corners[last:]])
    return corners


def _is_free(a: Cells, b: Cells, cut_length: float) -> bool:
    """Whether no cuts cross on the straight line, by cells `STEP` degrees apart."""
    count = 2 + int(np.abs(b - a).max() / STEP)
    share = np.linspace(0, 1, count).reshape(-1, 1, 1)
    return not crossings(a + share * (b - a), cut_length).any()
