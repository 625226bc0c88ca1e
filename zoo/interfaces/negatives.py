"""What does an invalid structure look like?"""

from abc import abstractmethod

import torch
from torch import Tensor

from zoo.errors import ZooError
from zoo.interfaces.noise import Noise
from zoo.interfaces.part import Part

MAX_TRIES = 100
"""Upper limit on the draws of an invalid structure that is not its valid one."""


class Negatives(Part):
    """What does an invalid structure look like?"""

    @abstractmethod
    def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
        """An invalid structure `[B, *S]` for each valid one, row b drawing from `noise` row b only."""

    def differing(self, structures: Tensor, noise: Noise) -> Tensor:
        """`__call__`, with rows that equal their structure drawn again, each from further streams of its own: what
        changes nothing by chance, as a block of void in an empty corner, is not an invalid structure. This is what
        models learn from. ZooError where a structure comes out as it is in 100 draws.
        """
        invalid = self(structures, noise)
        for further in range(1, MAX_TRIES):
            equal = (invalid == structures).flatten(1).all(1)
            if not equal.any():
                return invalid
            again = self(structures, noise.further(further))
            invalid = torch.where(equal.view(-1, *(1,) * (structures.dim() - 1)), again, invalid)
        raise ZooError(f"{type(self).__name__}: a structure comes out as it is in {MAX_TRIES} draws.")
