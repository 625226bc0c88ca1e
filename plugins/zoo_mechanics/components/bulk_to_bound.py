"""Guidance towards the Hashin-Shtrikman bound."""

from collections.abc import Mapping

from torch import Tensor

from zoo_mechanics.components.stiffness_objective import _NEXT_TO_NONE, StiffnessObjective
from zoo_mechanics.elasticity.bounds import hashin_shtrikman_bound
from zoo_mechanics.elasticity.moduli import voigt_average


class BulkToBound(StiffnessObjective):
    """What the bulk modulus lacks of the Hashin-Shtrikman bound at the cell's mean density, as a share of the bound.

    Grey cells may lack less than nothing, see `bounds`.
    """

    def judge(self, stiffness: Tensor, fraction: Tensor, target: Mapping[str, float]) -> Tensor:
        bound = hashin_shtrikman_bound(fraction.double(), self.base.to(fraction.device)).bulk
        return (1 - voigt_average(stiffness).bulk / bound.clamp(min=_NEXT_TO_NONE)).to(stiffness)
