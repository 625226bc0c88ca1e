"""The stiffness of voxel cells as a property: for conditions, datasets and scores."""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from zoo import Kind, Property
from zoo_mechanics.elasticity.moduli import voigt_average, young
from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.solve import TOLERANCE, checked_tolerance, homogenise

UNIT = "Young's modulus of the solid (E = 1, nu as given)"


class Stiffness(Property):
    """The effective stiffness of periodic cells (see `homogenisation`) and what follows from it.

    `stiffness` `[B, 6, 6]` in Voigt's notation (xx, yy, zz, yz, xz, xy), `young` `[B, 3]` along the axes of space,
    `bulk` and `shear` `[B]` of the isotropic part. The solid has E = 1 and the Poisson's ratio `poisson`. ZooError
    unless that lies between -1 and 0.5, and `tolerance`, the solver's relative error, between 1e-5 and 1.
    """

    units = {"stiffness": UNIT, "young": UNIT, "bulk": UNIT, "shear": UNIT}  # noqa: RUF012

    kinds: ClassVar[Mapping[str, Kind]] = {"stiffness": "voigt", "young": "axes"}

    def __init__(self, poisson: float = 0.3, tolerance: float = TOLERANCE) -> None:
        self.base = isotropic(1.0, poisson)
        self.tolerance = checked_tolerance(tolerance)

    def values(self, structures: Tensor, lattice: Tensor) -> dict[str, Tensor]:
        """Values of cells `[B, X, Y, Z]` with densities from 0 to 1."""
        stiffness = homogenise(structures.clamp(0, 1), lattice, base=self.base, tolerance=self.tolerance).stiffness
        average = voigt_average(stiffness)
        values = {"young": young(stiffness, torch.eye(3)), "bulk": average.bulk, "shear": average.shear}
        return {"stiffness": stiffness, **{name: value.to(stiffness) for name, value in values.items()}}
