"""Guidance towards a volume fraction."""

from collections.abc import Mapping

from torch import Tensor

from zoo import Objective, ZooError


class VolumeFraction(Objective):
    """The square of the gap between a cell's mean density and the wanted `volume_fraction`, both from 0 to 1."""

    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        """Energy `[B]` of soft cells `[B, d, d, d]`. ZooError if `target` names no `volume_fraction`."""
        if "volume_fraction" not in target:
            raise ZooError(
                f"volume-fraction: the target must name volume_fraction, not {', '.join(target) or 'nothing'}"
            )
        return (structures.flatten(1).mean(1) - target["volume_fraction"]).square()
