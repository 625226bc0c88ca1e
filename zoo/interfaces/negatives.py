"""What does an invalid structure look like?"""

from abc import abstractmethod
from typing import TYPE_CHECKING

from torch import Tensor

from zoo.interfaces.noise import Noise
from zoo.interfaces.part import Part

if TYPE_CHECKING:
    pass


class Negatives(Part):
    """What does an invalid structure look like?"""

    @abstractmethod
    def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
        """An invalid structure `[B, *S]` for each valid one, row b drawing from `noise` row b only."""
