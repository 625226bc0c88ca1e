"""Conjugate gradients that stop when the stiffness is good enough.

Each step lowers the energy of a load case, which tends to the stiffness from above, by a gain that the iteration knows
exactly (Hestenes and Stiefel 1952). What is still to come is estimated from how the gains fall: extrapolated from the
last of them at their mean rate, times a margin. That is an estimate and no bound.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_mechanics.homogenisation.mesh import Mesh

Operator = Callable[[Tensor], Tensor]

WINDOW = 8
MARGIN = 2.0
FASTEST_RATE = 0.6
"""Gains that fall faster are not trusted to go on like that: on trusses of a few voxels they do not."""
SLOWEST_RATE = 0.98
PATIENCE = 80
"""How many more iterations may be foreseen before a better preconditioner is worth its making."""
SETTLED = 0.01
"""A case that is good enough goes on as long as others are not, as estimates may turn out to have been too early. It
rests from this share of the tolerance on."""
MIN_STIFFNESS = 1e-5
"""Errors are relative to a load case's stiffness, or to this share of its Voigt average where it has next to none."""
MAX_ITERATIONS = 2000


@dataclass(frozen=True)
class Solution:
    """What the iteration has reached: displacements of each load case, with the error that is left."""

    displacements: Tensor
    """`[3, B, P, cases]`."""
    errors: Tensor
    """Estimated relative error of each case's stiffness, `[B, cases]`."""
    iterations: Tensor
    """`[B]`."""


def solve(
    mesh: Mesh,
    loads: Tensor,
    start: Tensor,
    voigt: Tensor,
    precondition: Operator,
    better: Callable[[], Operator],
    tolerance: float,
    most: int,
) -> Solution:
    """Displacements that balance `loads`, from those of `start`, both `[3, B, P, cases]`; the cases have the Voigt
    averages `voigt` `[B, cases]`. After `most` iterations it stops, done or not.

    `precondition` goes first; `better()` makes what does so from where it is foreseen to be slow.
    """
    displacements = start.clone()
    residual = -loads
    if bool(start.any()):
        residual -= mesh.apply(start)
    moved = precondition(residual)
    direction = moved
    power = _dot(residual, moved)
    watch = _Watch(mesh, voigt, tolerance, power, most)
    watch.begin(_dot(start, residual - loads))
    may_improve = True
    while not watch.finished:
        forces = mesh.apply(direction)
        step = torch.where(watch.active, power / _dot(direction, forces), 0).nan_to_num(posinf=0, neginf=0)
        displacements.addcmul_(step[:, None], direction)
        residual.addcmul_(-step[:, None], forces)
        watch.note(step * power)
        if watch.finished:
            break
        if may_improve and watch.foreseen() > PATIENCE:
            precondition, may_improve = better(), False
            watch.forget()
            direction = torch.zeros_like(direction)
        moved = precondition(residual)
        previous, power = power, _dot(residual, moved)
        direction = torch.addcmul(moved, torch.nan_to_num(power / previous)[:, None], direction)
    return Solution(displacements, watch.errors, watch.iterations)


class _Watch:
    """Follows the stiffness of each case of each cell, and says when it is good enough."""

    def __init__(self, mesh: Mesh, voigt: Tensor, tolerance: float, power: Tensor, most: int) -> None:
        self._volume = mesh.cell_volume
        self._tolerance = tolerance
        self._most = most
        self._voigt = voigt.double()
        self._stiffness = self._voigt.clone()
        self._gains: list[Tensor] = []
        self._rate = torch.zeros_like(self._stiffness)
        rounding = torch.finfo(power.dtype).eps ** 2
        self.active = power.double() / self._volume > rounding * self._voigt
        self.errors = torch.where(self.active, 1.0, 0.0).to(self._voigt)
        self.iterations = torch.zeros(len(voigt), dtype=torch.int64, device=voigt.device)
        self.finished = not bool(self.active.any())

    def begin(self, gain: Tensor) -> None:
        """The start lowers energies by `gain` `[B, cases]`, not yet per volume."""
        self._stiffness -= gain.double() / self._volume

    def note(self, gain: Tensor) -> None:
        """One more step was taken, which lowered energies by `gain` `[B, cases]`, not yet per volume."""
        gain = gain.double() / self._volume
        self._stiffness -= gain
        self._gains = [*self._gains[1 - WINDOW :], gain]
        self.iterations += (self.errors > self._tolerance).any(1)
        if len(self._gains) >= WINDOW // 2:
            envelope = torch.stack(self._gains).flip(0).cummax(0).values
            first, last = envelope[-1], envelope[0]
            self._rate = (last / first).nan_to_num().pow(1 / (len(self._gains) - 1)).clamp(FASTEST_RATE, SLOWEST_RATE)
            rest = MARGIN * last * self._rate / (1 - self._rate)
            self.errors = torch.where(self.active, rest / self._scale(), self.errors)
            self.active = self.active & (self.errors > SETTLED * self._tolerance)
        spent = int(self.iterations.max()) >= self._most
        self.finished = spent or not bool((self.errors > self._tolerance).any())

    def foreseen(self) -> float:
        """How many more iterations the slowest case needs at its present rate."""
        if len(self._gains) < WINDOW:
            return 0.0
        left = (self._tolerance / self.errors).log() / self._rate.log()
        return float(torch.where(self.active, left, 0).max())

    def forget(self) -> None:
        """The rate so far says nothing about the rate to come."""
        self._gains = []

    def _scale(self) -> Tensor:
        return torch.maximum(self._stiffness, MIN_STIFFNESS * self._voigt)


def _dot(one: Tensor, other: Tensor) -> Tensor:
    return (one * other).sum((0, 2))
