"""Which way should guidance push?"""

from abc import abstractmethod
from collections.abc import Mapping

from torch import Tensor

from zoo.interfaces.part import Part


class Objective(Part):
    """Which way should guidance push?"""

    @abstractmethod
    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        """Energy `[B]` of soft structures `[B, *S]`, differentiable, lower is better; `target` names wanted values."""
