"""Filling a pattern cut by cut, row by row, each from what those before it leave free.

The density of a cell is then the product of the densities of its cuts, and known exactly.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from zoo_kirigami.cuts.arcs import AROUND, Gaps, free_gaps, neighbours
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles

Weigh = Callable[[Tensor, int], Tensor]
"""(angles `[B, n, n]` with NaN where no cut is yet, number of the cut) -> logarithms `[B, bins]` of the density that is
wished for over equal bins of the range."""


class Filled(NamedTuple):
    """Cells `[B, n, n]` in degrees, and the logarithm of their density `[B]`, per degree of each cut.

    A cell that came to a cut with no room left has the density -inf, and any angle there.
    """

    angles: Tensor
    log_density: Tensor


def earlier(n: int) -> Tensor:
    """Which of its eight neighbours (`AROUND`) come before a cut, row by row: bool `[n, n, 8]`."""
    number = torch.arange(n * n).view(1, n, n)
    return neighbours(number)[0] < number[0].unsqueeze(-1)


def fill(lots: Tensor, max_rotation: float, weigh: Weigh | None = None, cut_length: float = CUT_LENGTH) -> Filled:
    """Cells from lots `[B, n, n]` in [0, 1), one for each cut; without `weigh` each cut is even over what is free."""
    count, n, _ = lots.shape
    base = torch.from_numpy(base_angles(n)).to(lots.device)
    angles = torch.full((count, n, n), torch.nan, dtype=torch.float64, device=lots.device)
    log_density = torch.zeros(count, dtype=torch.float64, device=lots.device)
    for number in range(n * n):
        i, j = divmod(number, n)
        around = torch.stack([angles[:, (i + down) % n, (j + right) % n] for down, right in AROUND], -1)
        gaps = free_gaps(around, base[i, j].expand(count), max_rotation, cut_length)
        weights = torch.zeros(count, 1, device=lots.device) if weigh is None else weigh(angles, number)
        density = Conditional(gaps, weights.double(), max_rotation)
        rotation = density.draw(lots[:, i, j].double())
        log_density += density.log_density(rotation)
        angles[:, i, j] = base[i, j] + rotation
    return Filled(angles, log_density)


class Conditional:
    """A density over rotations: exp(`weights` [..., bins]) over equal bins of the range, nothing outside of `gaps`."""

    def __init__(self, gaps: Gaps, weights: Tensor, max_rotation: float) -> None:
        bins = weights.shape[-1]
        self._gaps = gaps
        self._weights = weights
        self._max_rotation = max_rotation
        edges = torch.linspace(-max_rotation, max_rotation, bins + 1).to(gaps.low)
        self._below = gaps.measure(edges.expand(*weights.shape[:-1], bins + 1))
        free = self._below.diff(dim=-1).to(weights.dtype)
        self._log_mass = torch.where(free > 0, weights + free.clamp(min=torch.finfo(free.dtype).tiny).log(), -torch.inf)

    def log_density(self, rotations: Tensor) -> Tensor:
        """Per degree, [...], of rotations [...] that are free; -inf where nothing is."""
        bins = self._weights.shape[-1]
        place = (rotations + self._max_rotation) * (bins / (2 * self._max_rotation))
        own = place.long().clamp(0, bins - 1).unsqueeze(-1)
        total = self._log_mass.logsumexp(-1)
        density = self._weights.gather(-1, own).squeeze(-1) - total
        return torch.where(total > -torch.inf, density, -torch.inf)

    def draw(self, lots: Tensor) -> Tensor:
        """Rotations [...] for lots [...] in [0, 1)."""
        share = self._log_mass.softmax(-1).nan_to_num(0.0)
        above = share.cumsum(-1)
        wanted = lots.unsqueeze(-1) * above[..., -1:]
        own = (above <= wanted).sum(-1, keepdim=True).clamp(max=share.shape[-1] - 1)
        mass = share.gather(-1, own)
        into = ((wanted - (above.gather(-1, own) - mass)) / mass.clamp(min=torch.finfo(mass.dtype).tiny)).clamp(0, 1)
        low, high = self._below.gather(-1, own), self._below.gather(-1, own + 1)
        return self._gaps.place((low + into * (high - low)).squeeze(-1))
