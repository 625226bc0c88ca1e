"""Invalid cut patterns, made by turning cuts of valid ones."""

import torch
from torch import Tensor

from zoo import Negatives, Noise, Structure, ZooError
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, checked_length
from zoo_kirigami.cuts.overlap import crossing_cuts

MAX_ROUNDS = 1000


class TurnedCuts(Negatives):
    """Turns some of the cuts of each pattern, until some cross.

    What VOXPLOER does to an eighth of a voxel cell is done to each cut with a chance of `share`: it gets another
    rotation, drawn evenly from the range. Patterns that come out without a crossing are drawn again. Cuts are
    `cut_length` units of the lattice long. ZooError where the range is so small that cuts hardly ever meet.
    """

    def __init__(self, structure: Structure, share: float = 0.125, cut_length: float = CUT_LENGTH) -> None:
        if not 0 < share <= 1:
            raise ZooError(f"turned-cuts: share {share:g} must lie between 0 and 1.")
        self.max_rotation = -structure.low
        self.share = share
        self.cut_length = checked_length(cut_length)
        self.base = torch.from_numpy(base_angles(structure.shape[0]))

    def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
        """Patterns `[B, n, n]` in degrees -> patterns `[B, n, n]` of which each has crossings."""
        shape = structures.shape[1:]
        base = self.base.to(structures)
        invalid = structures
        for _ in range(MAX_ROUNDS):
            free = ~crossing_cuts(invalid, self.cut_length).flatten(1).any(1)
            if not free.any():
                return invalid
            turned = noise.uniform(*shape) < self.share
            drawn = base + self.max_rotation * (2 * noise.uniform(*shape) - 1)
            attempt = torch.where(turned, drawn.to(structures.dtype), structures)
            invalid = torch.where(free.view(-1, 1, 1), attempt, invalid)
        raise ZooError(f"turned-cuts: within {self.max_rotation:g} degrees hardly any cuts ever cross.")
