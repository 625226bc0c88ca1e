"""Objectives on stiffness: towards a tensor, towards the bound, towards isotropy, towards a Poisson's ratio.

Soft cells are solved as they are, density times solid, on a cube. The gradient is exact and costs no second solution.
"""

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor

from zoo import Objective, ZooError
from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.solve import checked_tolerance, homogenise

_NEXT_TO_NONE = 1e-12
"""What an empty cell is divided by: its energy is finite, and the other cells go their way."""


class StiffnessObjective(Objective):
    """What the objectives of this module have in common. An empty cell has the moduli and the Poisson's ratio 0.

    `steepness` sharpens densities x before they are solved, to (tanh(steepness (2 x - 1)) + 1) / 2; 0 leaves them
    alone. Yang et al. (below equation 14) take 64, and print tanh(64 x + 1) / 2, which does not lead to densities; we
    read it as (tanh(64 x) + 1) / 2 for their x from -1 to 1. So steep a projection has next to no gradient except
    where x is near 1/2. The solid has E = 1 and the Poisson's ratio `poisson`. ZooError if that, `tolerance` (of the
    solver) or `steepness` is out of range.
    """

    def __init__(self, poisson: float = 0.3, tolerance: float = 1e-5, steepness: float = 0.0) -> None:
        if not steepness >= 0:
            raise ZooError(f"stiffness: steepness {steepness:g} must not be negative")
        self.base = isotropic(1.0, poisson)
        self.tolerance = checked_tolerance(tolerance)
        self.steepness = steepness

    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        """Energy `[B]` of soft cells `[B, X, Y, Z]`. ZooError if `target` does not name what it should."""
        density = self.project(structures)
        stiffness = homogenise(density, base=self.base, tolerance=self.tolerance).stiffness
        return self.judge(stiffness, density.flatten(1).mean(1), target)

    def project(self, structures: Tensor) -> Tensor:
        """Densities of soft cells, sharpened."""
        density = structures.clamp(0, 1)
        if self.steepness:
            density = (torch.tanh(self.steepness * (2 * density - 1)) + 1) / 2
        return density

    @abstractmethod
    def judge(self, stiffness: Tensor, fraction: Tensor, target: Mapping[str, float]) -> Tensor:
        """Energy `[B]` of stiffness tensors `[B, 6, 6]` of cells with mean density `fraction` `[B]`."""
