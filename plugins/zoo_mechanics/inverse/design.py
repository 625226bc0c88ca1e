"""The loop of inverse homogenisation: shape, solve, judge, move.

After Sigmund (1994) and, with a filter, a projection and this optimiser, Andreassen et al. (2014) and Zhang et al.
(2023). The stiffness and its slopes come from `homogenise`, and each solution starts from the one before.

A robust design (Wang, Lazarov and Sigmund 2011) is judged twice, as it is meant and eroded, and the worse counts: what
hangs by an edge of a voxel is gone where it is eroded, if the filter's radius is 2 or more. The volume is that of the
design as meant. Their third, the dilated design, is left out: it is stiffer than both, and a Poisson's ratio it raises.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from zoo_mechanics.elasticity.moduli import anisotropy
from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.solve import Memory, homogenise
from zoo_mechanics.inverse.asymptotes import MovingAsymptotes, Terms
from zoo_mechanics.inverse.brief import Brief
from zoo_mechanics.inverse.goals import badness, bound, shown_value
from zoo_mechanics.inverse.orbits import Orbits
from zoo_mechanics.inverse.shaping import ERODED, LEVEL, Shaping, stiffness_share

TOLERANCE = 1e-2
"""Error of the solver in the stiffness. Slopes are less exact than that, and good enough to go by."""

MAX_ITERATIONS = 100
"""Upper limit for the solver in a step: cells that nearly fall apart, as some do for a while, would take a thousand."""

MOVE = 0.2
"""The most that a variable changes in a step; less where the threshold is sharp."""

SHARPNESS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Steepness of the threshold, each for as many steps."""

MAX_ANISOTROPY = 4e-4
"""Upper limit on the squared distance from the isotropic part: 2 %."""

MIN_STIFFNESS = 0.05
"""Share of its Voigt bound that the mean of C11, C22 and C33 keeps where a Poisson's ratio is sought: the lowest ratios
belong to cells that fall apart."""

MIN_ERODED_STIFFNESS = 0.02
"""The same share for a robust design, hence for the eroded one, which has half of the solid."""

SMOOTH_MAX = 16.0
"""Sharpness of the smooth maximum: of two numbers it is at most log 2 / 16 above the larger. A power of two, so that of
a single number it is that number, to the last bit."""


class Step(NamedTuple):
    """What a step found before it moved: the number to be made small, the one that is shown, the volume fraction, the
    distance from isotropy, and how long the solver took."""

    badness: float
    value: float
    volume: float
    anisotropy: float
    solver_iterations: float


class Design:
    """A design under way. The next step depends on nothing but `brief`, `variables`, `asymptotes`, `memory` and
    `iteration`."""

    def __init__(self, brief: Brief, variables: Tensor) -> None:
        """`variables` `[d, d, d]` from 0 to 1 are made symmetric first."""
        orbits = Orbits(brief.resolution, brief.symmetry)
        self.brief = brief
        self.variables = orbits.mean(variables.double())
        self.asymptotes = MovingAsymptotes(self.variables.numel(), MOVE)
        self.memory = Memory(max_iterations=MAX_ITERATIONS)
        self.iteration = 0
        self._shaping = Shaping(brief.resolution, brief.radius, orbits)
        self._base = isotropic(1.0, brief.poisson)

    @property
    def sharpness(self) -> float:
        """Steepness of the projection at this iteration: it rises in stages."""
        stage = len(SHARPNESS) * self.iteration // self.brief.iterations
        return SHARPNESS[min(stage, len(SHARPNESS) - 1)]

    @torch.no_grad()
    def density(self) -> Tensor:
        """The densities as they are, `[d, d, d]`."""
        return self._shaping(self.variables, self.sharpness)

    def cell(self) -> Tensor:
        """The densest voxels as solid, bool `[d, d, d]`: as many as the densities add up to and are allowed, or a few
        less, as images of one another go together."""
        density = self.density()
        count = int(min(round(float(density.sum())), self.brief.volume * density.numel()))
        first_left_out = density.flatten().sort(descending=True).values[count]
        solid = density > first_left_out
        return solid if bool(solid.any()) else density >= first_left_out

    def step(self) -> Step:
        """Judge the design, and change it."""
        variables = self.variables.clone().requires_grad_()
        levels = (LEVEL, ERODED) if self.brief.robust else (LEVEL,)
        densities = torch.stack([self._shaping(variables, self.sharpness, level) for level in levels])
        solution = homogenise(
            stiffness_share(densities).float(), base=self._base, tolerance=TOLERANCE, memory=self.memory
        )
        meant, volume = solution.stiffness[0], densities[0].mean()
        terms = torch.stack([term.double() for term in self._terms(solution.stiffness, volume)])
        slopes = torch.stack([torch.autograd.grad(term, variables, retain_graph=True)[0] for term in terms])
        values = terms.detach()
        self.asymptotes.move = min(MOVE, 2 / self.sharpness)
        moved = self.asymptotes.step(self.variables.flatten().numpy(), Terms(values.numpy(), slopes.flatten(1).numpy()))
        self.variables = torch.from_numpy(np.asarray(moved)).view_as(self.variables)
        self.iteration += 1
        return self._seen(values, meant.detach(), float(volume.detach()), float(solution.iterations.max()))

    def _terms(self, stiffness: Tensor, volume: Tensor) -> list[Tensor]:
        """The objective, and the constraints, which want to be 0 or less, from the stiffness of the design as it is
        meant, and maybe of the eroded one, `[1 or 2, 6, 6]`."""
        brief = self.brief
        best = bound(brief.goal, brief.volume, self._base) if brief.goal in ("bulk", "shear", "young") else 1.0
        each = torch.stack([badness(one, brief.goal, brief.target, best) for one in stiffness])
        terms = [torch.logsumexp(SMOOTH_MAX * each, 0) / SMOOTH_MAX, volume / brief.volume - 1]
        if brief.isotropic:
            terms.append(anisotropy(stiffness[0]) / MAX_ANISOTROPY - 1)
        if brief.goal == "poisson":
            share = MIN_ERODED_STIFFNESS if brief.robust else MIN_STIFFNESS
            least = share * brief.volume * float(self._base[0, 0])
            terms.append(1 - stiffness[-1].diagonal()[:3].mean() / least)
        return terms

    def _seen(self, values: Tensor, stiffness: Tensor, volume: float, iterations: float) -> Step:
        value = shown_value(stiffness, self.brief.goal, self.brief.target)
        return Step(float(values[0]), value, volume, float(anisotropy(stiffness)), iterations)
