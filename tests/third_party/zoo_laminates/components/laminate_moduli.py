"""Stiffness of stacks."""

from torch import Tensor

from zoo import Property
from zoo_laminates.moduli import moduli


class LaminateModuli(Property):
    """Effective moduli along and across the layers, `contrast` being that of the stiff material."""

    units = {"along": "modulus of the soft material", "across": "modulus of the soft material"}  # noqa: RUF012

    def __init__(self, contrast: float = 10.0) -> None:
        self.contrast = contrast

    def values(self, structures: Tensor, lattice: Tensor) -> dict[str, Tensor]:
        return moduli(structures, self.contrast)
