"""Guidance away from crossings."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import softplus

from zoo import Objective, Structure
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, checked_length
from zoo_kirigami.cuts.overlap import signed_overlap


class SignedOverlap(Objective):
    """A smooth count of how far cuts reach into each other, plus how far they leave their range.

    Two cuts with unit directions u and v, half length h (half the `cut_length`) and centres d apart overlap by
    m = h |u x v| - max(|d x u|, |d x v|), all in units of the lattice: they cross where m > 0. The energy of a
    pattern is the sum over its 4 n^2 pairs of neighbours of softplus(k (m + margin)) / k, k being the `sharpness`,
    plus the rotation in excess of the range, in radians. Cuts beyond the range overlap as they will once they have been
    turned back to its end: it is their neighbours that must give way. There are no wanted values.
    """

    revision = 2

    def __init__(
        self, structure: Structure, sharpness: float = 30.0, margin: float = 0.02, cut_length: float = CUT_LENGTH
    ) -> None:
        self.max_rotation = -structure.low
        self.sharpness = sharpness
        self.margin = margin
        self.cut_length = checked_length(cut_length)
        self.base = torch.from_numpy(base_angles(structure.shape[0])).float()

    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        """`[B]` of angles `[B, n, n]` in degrees."""
        base = self.base.to(structures)
        rotation = structures - base
        rotation = rotation - 180 * (rotation / 180).round()
        within = rotation.clamp(-self.max_rotation, self.max_rotation)
        overlap = signed_overlap(base + within, self.cut_length)
        crossing = softplus(self.sharpness * (overlap + self.margin)) / self.sharpness
        excess = torch.deg2rad((rotation.abs() - self.max_rotation).relu())
        return crossing.flatten(1).sum(1) + excess.flatten(1).sum(1)
