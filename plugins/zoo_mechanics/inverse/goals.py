"""Goals of a design, each as a number to be minimised."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from zoo_mechanics.elasticity.bounds import hashin_shtrikman_bound
from zoo_mechanics.elasticity.moduli import voigt_average

Goal = Literal["bulk", "shear", "young", "poisson", "target"]
_TINY = 1e-18
"""Addition that gives the gap a slope where it is 0."""

_WEIGHT = 100.0
"""Weight of the gap's square, which is small where the gap is."""


def modulus(stiffness: Tensor, goal: str) -> Tensor:
    """The number that a goal is about, of a stiffness `[6, 6]`: bulk and shear modulus of its isotropic part, the mean
    of Young's moduli along the axes, the Poisson's ratio along the axes.

    The Poisson's ratio is that of the mean of the stiffness over permutations of the axes, C12 / (C11 + C12): of a
    cubic cell, its own. Of no stiffness it is 0.
    """
    c = stiffness.double()
    if goal == "bulk":
        return voigt_average(c).bulk
    if goal == "shear":
        return voigt_average(c).shear
    if goal == "young":
        tiny = 1e-9 * torch.eye(6, dtype=c.dtype, device=c.device)
        young: Tensor = (1 / torch.linalg.inv(c + tiny).diagonal()[:3]).mean()
        return young
    along = c.diagonal()[:3].sum()
    across = c[0, 1] + c[0, 2] + c[1, 2]
    return across / (along + across) if bool(along > 0) else 0 * across


def gap(stiffness: Tensor, target: Mapping[str, float]) -> Tensor:
    """The root mean square gap to the components of a target, relative to the largest of them."""
    gaps = [stiffness[int(name[1]) - 1, int(name[2]) - 1].double() - value for name, value in target.items()]
    return (torch.stack(gaps).square().mean() + _TINY).sqrt() / max(abs(value) for value in target.values())


def badness(stiffness: Tensor, goal: Goal, target: Mapping[str, float], best: float) -> Tensor:
    """What is to be made small: what a modulus lacks of `best`, as a share of it, the Poisson's ratio, or the square of
    the gap."""
    if goal == "target":
        return _WEIGHT * gap(stiffness, target).square()
    if goal == "poisson":
        return modulus(stiffness, goal)
    return 1 - modulus(stiffness, goal) / best


def shown_value(stiffness: Tensor, goal: Goal, target: Mapping[str, float]) -> float:
    """The number that a user has in mind."""
    return float(gap(stiffness, target) if goal == "target" else modulus(stiffness, goal))


def bound(goal: Goal, fraction: float, base: Tensor) -> float:
    """The Hashin-Shtrikman bound on a modulus at a volume fraction; on Young's modulus, that of both bounds at once."""
    bulk, shear = hashin_shtrikman_bound(torch.tensor(fraction, dtype=torch.float64), base)
    if goal == "bulk":
        return float(bulk)
    if goal == "shear":
        return float(shear)
    return float(9 * bulk * shear / (3 * bulk + shear))
