"""The map from the variables of a design to densities, and from densities to stiffness.

Variables are averaged over a ball with weights that fall linearly to its edge (the density filter of Bruns and
Tortorelli 2001, and Bourdin 2001), here across the faces of the cell, and then pushed towards 0 and 1 (the smooth
threshold of Wang, Lazarov and Sigmund 2011, equation 9, at 1/2; a higher level makes everything thinner, which is
their eroded design). The stiffness of a voxel is the cube of its density (SIMP).
"""

import torch
from torch import Tensor

from zoo_mechanics.inverse.orbits import Orbits

POWER = 3

LEVEL = 0.5
"""Level of the threshold, in the design as it is meant."""

ERODED = 0.7
"""The level for a design that came out too thin."""

VOID = 1e-6
"""Share of the solid's stiffness below which a voxel is void, exactly. There is no soft filler: the homogeniser needs
none, and the slope of the cube at 0 is 0, so nothing is lost with it."""


class Shaping:
    """Densities `[d, d, d]` from variables `[d, d, d]`, differentiable; `radius` of the filter is in voxels."""

    def __init__(self, resolution: int, radius: float, orbits: Orbits) -> None:
        steps = torch.arange(resolution, dtype=torch.float64)
        along = torch.minimum(steps, resolution - steps)
        distance = (along[:, None, None] ** 2 + along[:, None] ** 2 + along**2).sqrt()
        weights = (1 - distance / radius).clamp(min=0)
        self._spectrum = torch.fft.rfftn(weights / weights.sum()).real
        self._orbits = orbits

    def __call__(self, variables: Tensor, sharpness: float, level: float = LEVEL) -> Tensor:
        """The densities. From sharpness 16 or so, hardly any are grey."""
        spectrum = torch.fft.rfftn(variables) * self._spectrum
        smooth = torch.fft.irfftn(spectrum, s=variables.shape).clamp(0, 1)
        return self._orbits.mean(threshold(smooth, sharpness, level))


def threshold(values: Tensor, sharpness: float, level: float = LEVEL) -> Tensor:
    """A smooth step at `level` that leaves 0 and 1 where they are, and at level 1/2 that, too."""
    below, above = torch.tanh(sharpness * torch.tensor([level, 1 - level], dtype=values.dtype))
    step: Tensor = (below + torch.tanh(sharpness * (values - level))) / (below + above)
    return step


def stiffness_share(density: Tensor) -> Tensor:
    """What share of the solid's stiffness voxels have."""
    share = density**POWER
    return torch.where(share < VOID, 0, share)
