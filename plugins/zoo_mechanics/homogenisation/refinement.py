"""Error of the grid: the stiffness of the same cell on finer grids.

Elements on a coarse grid are too stiff, most of all in struts that are a few voxels thick. For cells with the edges
and corners that voxels have, the excess falls in proportion to the element size, C(h) = C + a h, so that two grids
tell C (Richardson 1911, at order 1), and three tell whether it does. What is extrapolated is the stiffness of the
voxels as they are, steps and all; how well they resemble a smooth shape is another question.
"""

from dataclasses import dataclass

import torch
from scipy.optimize import brentq
from torch import Tensor

from zoo import ZooError
from zoo_mechanics.elasticity.voigt import to_mandel
from zoo_mechanics.homogenisation.solve import TOLERANCE, Homogenised, homogenise

SHARPER = 10
"""Extrapolation multiplies errors by up to 5, so the solver's must be smaller by more."""

_ORDERS = (0.2, 4.0)


@dataclass(frozen=True)
class Refined:
    """A cell on grids that are 1, ... times as fine."""

    found: Homogenised
    """The solution on the grid as it is."""
    levels: tuple[int, ...]
    stiffness: Tensor
    """The stiffness on each grid, `[levels, B, 6, 6]`."""
    extrapolated: Tensor
    """`[B, 6, 6]`."""
    bias: Tensor
    """Excess of the grid as it is over the extrapolated stiffness, by the sum of the six eigenvalues, relative,
    `[B]`."""
    order: Tensor
    """The order at which the three grids converge, by the same sum, `[B]`; NaN for two grids, or if they do not."""


def refined(
    density: Tensor,
    factor: int,
    lattice: Tensor | None = None,
    *,
    base: Tensor | None = None,
    tolerance: float = TOLERANCE,
) -> Refined:
    """`homogenise` on the grid as it is and on finer ones, up to `factor` times as fine, extrapolated.

    With a factor of 2 there are two grids, with more there are three: 1, half of it (rounded up), all of it. Time and
    memory grow with its cube. ZooError for a factor below 2, and for whatever `homogenise` raises one.
    """
    if factor < 2:
        raise ZooError(f"refinement {factor}: at least 2 times as fine, to have something to compare with")
    levels = tuple(sorted({1, (factor + 1) // 2, factor}))
    sharp = tolerance / SHARPER
    solutions = [homogenise(refine(density, level), lattice, base=base, tolerance=sharp) for level in levels]
    stiffness = torch.stack([level.stiffness for level in solutions])
    fine, finest = levels[-2:]
    extrapolated = (finest * stiffness[-1] - fine * stiffness[-2]) / (finest - fine)
    sums = to_mandel(torch.cat([stiffness, extrapolated[None]])).diagonal(dim1=-2, dim2=-1).sum(-1)
    bias = torch.where(sums[-1] > 0, sums[0] / sums[-1] - 1, 0)
    order = torch.tensor([_order(levels, column) for column in sums[:-1].T.tolist()], dtype=torch.float64)
    return Refined(solutions[0], levels, stiffness, extrapolated, bias, order)


def refine(density: Tensor, factor: int) -> Tensor:
    """Each voxel of cells `[B, X, Y, Z]` divided into `factor`^3 equal ones."""
    for axis in (1, 2, 3):
        density = density.repeat_interleave(factor, axis)
    return density


def _order(levels: tuple[int, ...], values: list[float]) -> float:
    """p in value = limit + a level^-p, from three levels; NaN if there is none between 0.2 and 4."""
    if len(levels) < 3 or values[1] == values[2]:
        return float("nan")
    one, two, three = levels
    ratio = (values[0] - values[1]) / (values[1] - values[2])

    def gap(p: float) -> float:
        return float((one**-p - two**-p) / (two**-p - three**-p) - ratio)

    low, high = _ORDERS
    return float(brentq(gap, low, high)) if gap(low) * gap(high) < 0 else float("nan")
