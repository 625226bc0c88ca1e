"""The stiffness of laminates, which is known exactly (Milton 2002, The theory of composites, chapter 9)."""

from collections.abc import Mapping

from torch import Tensor

from zoo import Objective, Property, ZooError


def moduli(stacks: Tensor, contrast: float) -> dict[str, Tensor]:
    """Effective moduli `[B]` of soft stacks `[B, layers]` whose modulus runs from 1 (soft) to `contrast` (stiff).

    Along the layers strains are equal, which gives the arithmetic mean (Voigt's bound); across them stresses are,
    which gives the harmonic one (Reuss's).
    """
    local = 1 + (contrast - 1) * stacks
    return {"along": local.mean(1), "across": 1 / (1 / local).mean(1)}


class LaminateModuli(Property):
    """Effective moduli along and across the layers, `contrast` being that of the stiff material."""

    units = {"along": "modulus of the soft material", "across": "modulus of the soft material"}  # noqa: RUF012

    def __init__(self, contrast: float = 10.0) -> None:
        self.contrast = contrast

    def values(self, structures: Tensor, lattice: Tensor) -> dict[str, Tensor]:
        return moduli(structures, self.contrast)


class AcrossModulus(Objective):
    """The squared difference of the logarithms of the modulus across the layers and the wanted one, `across`."""

    def __init__(self, contrast: float = 10.0) -> None:
        self.contrast = contrast

    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        """Energy `[B]` of soft stacks `[B, layers]`. ZooError if `target` names no `across`."""
        if "across" not in target:
            raise ZooError("across-modulus: the target must name across")
        found = moduli(structures.clamp(0, 1), self.contrast)["across"]
        return (found / target["across"]).log().square()
