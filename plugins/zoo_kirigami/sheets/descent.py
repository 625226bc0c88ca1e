"""Descent from a cell to one nearby that has a wanted property, along the exact derivatives of the property."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_kirigami.cuts.arcs import free_gaps, neighbours
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, crossings

_MAX_TURN = 20.0
"""Upper limit on what a cut is turned by in a step, in degrees."""

_MIN_ROOM = 0.01
"""Room that a cut which leans on its neighbour is counted to have, in degrees."""

_SHARE = 0.8
"""Upper limit on the share of its room that a cut takes; its neighbours move as well."""

_MIN_SHARE = 0.05
"""Share of a step below which there is no use in halving it."""


@dataclass(frozen=True)
class Descent:
    """Gauss-Newton steps, the shortest ones when cuts are measured by the room they have.

    The room of a cut is how far it can turn, to the side that the distance falls to, before it meets a neighbour or
    the end of its range: cuts that lean on one keep still, and those that are free do the work, as in an interior-point
    method. A step is halved until no cuts cross and the cell gets nearer. `worth` gives `[B, k]`, differentiable, of
    cells `[B, n, n]` in degrees; distances are Euclidean in its units.
    """

    worth: Callable[[Tensor], Tensor]
    max_rotation: float
    cut_length: float = CUT_LENGTH
    tolerance: float = 1e-4

    def search(self, cell: Tensor, value: Tensor, target: Tensor) -> Iterator[tuple[Tensor, Tensor, int]]:
        """Cells `[n, n]` that are tried, what they are worth `[k]`, and how many calls of `worth` that took: one for a
        new cell, one for the derivatives of a cell that is known. From a cell without crossings and its worth, until
        the target is as near as `tolerance` or no step leads nearer. No cell that is tried has cuts that cross."""
        base = torch.from_numpy(base_angles(len(cell))).to(cell)
        size = 1.0
        while size > _MIN_SHARE and distance(value, target) > self.tolerance:
            slopes = self._slopes(cell)
            yield cell, value, 1
            step = self._step(cell, base, slopes, target - value)
            size = 1.0
            while size > _MIN_SHARE:
                move = cell + size * step
                if self._admissible(move, base):
                    with torch.no_grad():
                        moved = self.worth(move[None])[0]
                    yield move, moved, 1
                    if distance(moved, target) < distance(value, target):
                        cell, value = move, moved
                        break
                size /= 2

    def _slopes(self, cell: Tensor) -> Tensor:
        """Derivatives `[k, n n]` of the property by the angles."""
        leaf = cell[None].detach().clone().requires_grad_()
        values = self.worth(leaf)[0]
        return torch.stack([torch.autograd.grad(part, leaf, retain_graph=True)[0].flatten() for part in values])

    def _step(self, cell: Tensor, base: Tensor, slopes: Tensor, wanted: Tensor) -> Tensor:
        rotation = cell - base
        gaps = free_gaps(neighbours(cell[None])[0], base, self.max_rotation, self.cut_length).nearest(rotation)
        low, high = gaps.low[..., 0], (gaps.low + gaps.length)[..., 0]
        upwards = (wanted @ slopes).view_as(cell) > 0
        room = torch.where(upwards, high - rotation, rotation - low).clamp(_MIN_ROOM, _MAX_TURN).flatten()
        share = torch.linalg.pinv(slopes * room) @ wanted
        step: Tensor = (room * share * min(1.0, float(_SHARE / share.abs().max()))).view_as(cell)
        return step

    def _admissible(self, cell: Tensor, base: Tensor) -> bool:
        within = bool((cell - base).abs().max() <= self.max_rotation)
        return within and not crossings(cell[None].numpy(), self.cut_length)[0]


def distance(values: Tensor, target: Tensor) -> Tensor:
    """[...] of values [..., k] from the target `[k]`."""
    distances: Tensor = (values - target).norm(dim=-1)
    return distances
