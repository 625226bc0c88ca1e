"""Guidance towards a stiffness."""

from collections.abc import Mapping

import torch
from torch import Tensor

from zoo import ZooError
from zoo_mechanics.components.stiffness_objective import StiffnessObjective
from zoo_mechanics.elasticity.bounds import target_problems


class StiffnessTarget(StiffnessObjective):
    """The mean square of the gaps to the wanted components, `C11` to `C66` (Voigt, E = 1), in units of the solid's
    C11. ZooError for a target that not even the solid has."""

    def judge(self, stiffness: Tensor, fraction: Tensor, target: Mapping[str, float]) -> Tensor:
        problems = target_problems(target, 1.0, self.base)
        if problems:
            raise ZooError(*(f"stiffness-target: {problem}" for problem in problems))
        gaps = [stiffness[:, int(name[1]) - 1, int(name[2]) - 1] - value for name, value in target.items()]
        return (torch.stack(gaps) / float(self.base[0, 0])).square().mean(0)
