"""Guidance to a stiffness across the layers."""

from collections.abc import Mapping

from torch import Tensor

from zoo import Objective, ZooError
from zoo_laminates.moduli import moduli


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
