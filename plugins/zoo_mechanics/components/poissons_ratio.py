"""Guidance towards a Poisson's ratio."""

from collections.abc import Mapping

from torch import Tensor

from zoo import ZooError
from zoo_mechanics.components.stiffness_objective import _NEXT_TO_NONE, StiffnessObjective
from zoo_mechanics.elasticity.moduli import voigt_average


class PoissonsRatio(StiffnessObjective):
    """The square of the gap between the Poisson's ratio of the isotropic part and the wanted `poisson`. ZooError unless
    that lies between -1 and 0.5."""

    def judge(self, stiffness: Tensor, fraction: Tensor, target: Mapping[str, float]) -> Tensor:
        if set(target) != {"poisson"}:
            raise ZooError(f"poissons-ratio: the target must name poisson, not {', '.join(target) or 'nothing'}")
        if not -1 < target["poisson"] < 0.5:
            raise ZooError(f"poissons-ratio: {target['poisson']:g} is out of reach; it lies between -1 and 0.5")
        bulk, shear = voigt_average(stiffness)
        ratio = (3 * bulk - 2 * shear) / (6 * bulk + 2 * shear).clamp(min=_NEXT_TO_NONE)
        return (ratio - target["poisson"]).square().to(stiffness)
