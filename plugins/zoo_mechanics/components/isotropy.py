"""Guidance towards isotropy."""

from collections.abc import Mapping

from torch import Tensor

from zoo_mechanics.components.stiffness_objective import StiffnessObjective
from zoo_mechanics.elasticity.moduli import anisotropy


class Isotropy(StiffnessObjective):
    """The square of the distance from the isotropic part of the stiffness, relative to the whole (Frobenius norm,
    Mandel's notation, so that it is the same in any frame)."""

    def judge(self, stiffness: Tensor, fraction: Tensor, target: Mapping[str, float]) -> Tensor:
        return anisotropy(stiffness).to(stiffness)
