"""Upper bounds on the stiffness of any cell of a given volume fraction.

The bounds hold for bulk and shear modulus of isotropic cells. For others they hold for the Voigt averages, the
isotropic part of the stiffness (Milton and Kohn 1988), and for no single component: C44 of a cubic cell may well lie
above the bound on G, C' below it. All lower bounds of a solid with void are 0. The base is isotropic, cells are solid
or void: a grey voxel may be stiffer than any structure of its density. And as elements on a coarse grid are too stiff,
a dense cell whose pores are a voxel or two wide may exceed the bounds by some per cent until it is refined.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from zoo_mechanics.elasticity.moduli import Averages, voigt_average
from zoo_mechanics.elasticity.voigt import COMPONENTS

_ROUNDED = 1e-4
"""Relative slack: what was printed with four digits is within bounds."""


def hashin_shtrikman_bound(fraction: Tensor, base: Tensor) -> Averages:
    """Upper bounds `[B]` (Hashin and Shtrikman 1963): the best that is possible for bulk, reached by coated spheres."""
    bulk, shear = voigt_average(base)
    void = 1 - fraction
    best_bulk = 4 * fraction * bulk * shear / (4 * shear + 3 * void * bulk)
    stiff = 9 * bulk + 8 * shear
    best_shear = fraction * shear * stiff / (stiff + 6 * void * (bulk + 2 * shear))
    return Averages(best_bulk, best_shear)


def attainment(stiffness: Tensor, fraction: Tensor, base: Tensor) -> Averages:
    """Voigt-averaged moduli of cells `[B, 6, 6]` as shares of the Hashin-Shtrikman bounds, `[B]` each; 0 if empty."""
    average = voigt_average(stiffness)
    best = hashin_shtrikman_bound(fraction.double(), base.to(stiffness.device))
    shares = (torch.where(limit > 0, value / limit, 0) for value, limit in zip(average, best, strict=True))
    return Averages(*shares)


def target_problems(target: Mapping[str, float], fraction: float, base: Tensor) -> list[str]:
    """What is wrong with wanted components of the stiffness, `C11` to `C66`, of a cell with so much solid: names that
    are none, numbers that are none, and what lies beyond the Voigt bound, a sentence each."""
    unknown = [name for name in target if name not in COMPONENTS]
    if unknown or not target:
        names = ", ".join(map(repr, unknown)) or "nothing"
        return [
            f"a target names components of {COMPONENTS[0]} to {COMPONENTS[-1]}, the smaller index first, not {names}"
        ]
    wrong = [f"{name} = {value:g}" for name, value in target.items() if not math.isfinite(value)]
    if wrong:
        return [f"a target has finite components, not {', '.join(wrong)}"]
    problems = []
    for name, value in target.items():
        i, j = int(name[1]) - 1, int(name[2]) - 1
        most = fraction * float(base[i, i] * base[j, j]) ** 0.5
        if abs(value) > most * (1 + _ROUNDED) or (i == j and value < 0):
            low = "0" if i == j else f"{-most:.4g}"
            problems.append(
                f"{name} = {value:g} is out of reach: at volume {fraction:g} it lies between {low} and {most:.4g}"
            )
    return problems
